"""The kind provider on a fake docker and a fake kind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from setup.errors import LabsError
from setup.providers.kind.cluster import tag
from setup.sandbox import Sandbox

SHAPE = "three-node"


def quiet(_: str) -> None:
    pass


def nodes(cluster: str) -> set[str]:
    return {f"{cluster}-{role}" for role in ("control-plane", "worker", "worker2")}


def test_up_makes_a_cluster_under_our_name_on_our_network(world):
    sandbox = world.provider.up("three-node-1", SHAPE, quiet)
    cluster = f"labs-{tag(world.provider.state)}-three-node-1"
    assert world.containers() == nodes(cluster)
    asked = json.loads((world.root / "kind.json").read_text())
    assert asked["network"] == f"labs-{tag(world.provider.state)}"
    assert asked["config"]["networking"]["apiServerAddress"] == "127.0.0.1"
    assert sandbox.nodes[0] == (f"{cluster}-control-plane", f"docker://{cluster}-control-plane")
    assert Sandbox.load(sandbox.directory) == sandbox


def test_kind_is_always_told_a_kubeconfig_of_ours(world):
    world.provider.up("three-node-1", SHAPE, quiet)
    words = json.loads((world.root / "kind.json").read_text())["words"]
    assert Path(words[words.index("--kubeconfig") + 1]).is_relative_to(world.provider.state)


def test_up_twice_creates_once(world):
    first = world.provider.up("three-node-1", SHAPE, quiet)
    (world.root / "kind.json").unlink()
    assert world.provider.up("three-node-1", SHAPE, quiet) == first
    assert not (world.root / "kind.json").exists()


def test_every_node_is_limited_in_memory_and_cpu(world):
    world.provider.up("three-node-1", SHAPE, quiet)
    limited = {name: words for words in world.calls("update") for name in words if not name.startswith("--")}
    limited.pop("update")
    assert limited.keys() == world.containers()
    assert all(
        any(word.startswith(f"--{what}=") for word in given)
        for given in limited.values()
        for what in ("memory", "cpus")
    )


def test_down_leaves_nothing(world):
    world.provider.up("three-node-1", SHAPE, quiet)
    world.provider.down("three-node-1")
    assert (world.containers(), world.networks(), world.clusters()) == (set(), set(), set())
    assert list((world.provider.state / "sandboxes").iterdir()) == []


def test_down_leaves_others_alone(world):
    world.add("kind-control-plane", "kind")
    world.add("labs-0000-three-node-1-worker", "labs-0000-three-node-1")
    world.provider.up("three-node-1", SHAPE, quiet)
    world.provider.down("three-node-1")
    world.provider.clean(quiet)
    assert world.containers() == {"kind-control-plane", "labs-0000-three-node-1-worker"}


def test_a_creation_that_fails_says_why_and_leaves_nothing(world, monkeypatch):
    monkeypatch.setenv("FAKE_KIND", "fail")
    with pytest.raises(LabsError, match="no luck"):
        world.provider.up("three-node-1", SHAPE, quiet)
    assert (world.containers(), world.clusters()) == (set(), set())
    assert not (world.provider.state / "sandboxes" / "three-node-1").exists()


SCRIPT = """
import sys
from pathlib import Path
from setup.providers.kind.provider import Kind
kind = Kind(Path(sys.argv[1]), Path(sys.argv[2]), capture=lambda *_, **__: None)
kind.up("three-node-1", "three-node", lambda _: None)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_creation_that_is_killed_is_buried(world, monkeypatch, number):
    monkeypatch.setenv("FAKE_KIND", "hang")
    words = [sys.executable, "-c", SCRIPT, str(world.provider.state), str(world.provider.cache)]
    maker = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": "."}, stderr=subprocess.DEVNULL)
    until(lambda: world.containers() != set())
    maker.send_signal(number)
    maker.wait()
    until(lambda: not world.containers() and not world.clusters())
    monkeypatch.delenv("FAKE_KIND")
    assert world.provider.sandboxes() == ()
    world.provider.clean(quiet)
    assert world.networks() == set()


def until(done, within: float = 20) -> None:
    limit = time.monotonic() + within
    while not done():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.05)


def test_a_sandbox_with_a_stopped_node_is_not_alive(world):
    sandbox = world.provider.up("three-node-1", SHAPE, quiet)
    world.stop(sandbox.nodes[1][0])
    assert not world.provider.alive(sandbox)


def test_a_sandbox_whose_containers_are_gone_says_so(world):
    sandbox = world.provider.up("three-node-1", SHAPE, quiet)
    for each in (world.root / "containers").iterdir():
        each.unlink()
    with pytest.raises(LabsError, match="are gone"):
        world.provider.up(sandbox.name, SHAPE, quiet)


def test_a_worn_sandbox_gets_another_cluster_at_its_reset(world):
    sandbox = world.provider.up("three-node-1", SHAPE, quiet)
    before = (world.root / "kind.json").stat().st_mtime_ns
    sandbox.worn.touch()
    (sandbox.work / "notes").write_text("mine")
    world.provider.reset(sandbox)
    assert (world.root / "kind.json").stat().st_mtime_ns > before
    assert len(world.containers()) == 3
    assert not sandbox.worn.exists()
    assert list(sandbox.work.iterdir()) == []


def test_a_spare_is_adopted_and_its_nodes_are_the_sandboxs(world):
    first = world.provider.up("three-node-1", SHAPE, quiet)
    world.provider.up("three-node-2", SHAPE, quiet)
    (world.provider.state / "sandboxes" / "three-node-2" / "cluster").unlink()  # a cluster that nobody names
    assert world.provider.spare(SHAPE)
    first.worn.touch()
    world.provider.reset(first)
    now = Sandbox.load(first.directory)
    assert now.nodes[0][0].endswith("three-node-2-control-plane")
    until(lambda: world.containers() == {name for name, _ in now.nodes})


def test_networks_and_containers_of_a_state_folder_that_is_gone_are_cleaned(world, tmp_path):
    labels = {"cka-labs.state": str(tmp_path / "gone"), "cka-labs.uid": str(os.getuid())}
    (world.root / "networks").mkdir()
    (world.root / "networks" / "labs-dead").write_text(json.dumps({"Name": "labs-dead", "Labels": labels}))
    world.add("labs-dead-three-node-1-worker", "labs-dead-three-node-1")
    assert set(world.provider.clean(quiet)) == {"labs-dead", "labs-dead-three-node-1"}
    assert (world.containers(), world.networks()) == (set(), set())
