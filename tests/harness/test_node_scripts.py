"""Scripts for nodes are rendered, run in the right container as root, and told when they fail."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.node_scripts import NodeScript, read_scripts, run_scripts
from setup.errors import LabsError
from setup.sandbox import Sandbox

NODES = (("labs-1-control-plane", "docker://labs-1-control-plane"), ("labs-1-worker", "docker://labs-1-worker"))


@pytest.fixture
def sandbox(tmp_path, monkeypatch) -> Sandbox:
    """A sandbox whose `docker exec` runs here and writes down for which container."""
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(f'#!/bin/bash\n[ "$1" = exec ] || exit 9\necho "$4" >> {tmp_path}/entered\nshift 4\nexec "$@"\n')
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{docker.parent}{os.pathsep}{os.environ['PATH']}")
    return Sandbox("one-1", "kind", "one-node", "v1.36.3", tmp_path, tmp_path / "bin", nodes=NODES)


def test_scripts_are_read_in_order_and_rendered(tmp_path):
    folder = tmp_path / "60-lab" / "start" / "nodes"
    folder.mkdir(parents=True)
    (folder / "worker.sh.j2").write_text("echo {{ tag }} {% raw %}${#x}{% endraw %}")
    (folder / "control_plane.sh").write_text("echo {{ plain }}")
    lab = SimpleNamespace(folder=tmp_path / "60-lab", slug="60-lab")
    assert read_scripts(lab, {"tag": "abc"}) == (
        NodeScript("60-lab/start/nodes/control_plane.sh", "control_plane", "echo {{ plain }}"),
        NodeScript("60-lab/start/nodes/worker.sh.j2", "worker", "echo abc ${#x}"),
    )


def test_each_runs_in_its_node(sandbox, tmp_path):
    scripts = (NodeScript("a", "control_plane", "echo 1 > one"), NodeScript("b", "worker", "echo 2 > two"))
    run_scripts(sandbox, scripts)
    assert (tmp_path / "entered").read_text().split() == ["labs-1-control-plane", "labs-1-worker"]
    assert [(tmp_path / name).read_text() for name in ("one", "two")] == ["1\n", "2\n"]


def test_a_failed_script_is_told_with_its_output(sandbox):
    with pytest.raises(LabsError) as caught:
        run_scripts(sandbox, (NodeScript("60-lab/start/nodes/worker.sh", "worker", "echo no disk; false; echo on"),))
    assert caught.value.what == "60-lab/start/nodes/worker.sh ended with exit code 1:\nno disk"


def test_a_node_that_the_shape_lacks(sandbox):
    with pytest.raises(LabsError, match="no node worker2"):
        run_scripts(sandbox, (NodeScript("x", "worker2", "true"),))


def test_the_labs_name_nodes_that_there_are():
    root = Path(__file__).parents[2] / "labs"
    found = {file.name.removesuffix(".j2") for file in root.glob("**/start/nodes/*")}
    assert found <= {"control_plane.sh", "worker.sh", "worker2.sh"}
