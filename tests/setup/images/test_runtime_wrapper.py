"""CI's container runtime takes one capability out of every list before runc sees the bundle."""

import json
import os
import subprocess
from pathlib import Path

import pytest

WRAPPER = Path(__file__).resolve().parents[3] / ".ci" / "runc-without-sys-resource"
SETS = ("bounding", "effective", "permitted")


@pytest.fixture
def runc(tmp_path):
    """A runc that prints its arguments, first in PATH."""
    fake = tmp_path / "bin" / "runc"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)
    return {**os.environ, "PATH": f"{fake.parent}:{os.environ['PATH']}"}


def capabilities(*names):
    return {"capabilities": {each: list(names) for each in SETS}}


@pytest.mark.parametrize(
    "names",
    [("CAP_SYS_RESOURCE", "CAP_KILL"), ("CAP_KILL", "CAP_SYS_RESOURCE"), ("CAP_CHOWN", "CAP_SYS_RESOURCE", "CAP_KILL")],
)
def test_create_takes_it_out_of_the_bundle(tmp_path, runc, names):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"process": capabilities(*names)}, separators=(",", ":")))
    arguments = ["--root", "/x y", "create", "--bundle", str(tmp_path), "id"]
    done = subprocess.run([WRAPPER, *arguments], env=runc, capture_output=True, text=True, timeout=20, check=True)
    left = [each for each in names if each != "CAP_SYS_RESOURCE"]
    assert json.loads(config.read_text())["process"]["capabilities"] == dict.fromkeys(SETS, left)
    assert done.stdout.splitlines() == arguments


def test_exec_takes_it_out_of_the_process_file(tmp_path, runc):
    process = tmp_path / "process.json"
    process.write_text(json.dumps(capabilities("CAP_KILL", "CAP_SYS_RESOURCE")))
    command = [WRAPPER, "exec", "--process", process, "id"]
    subprocess.run(command, env=runc, capture_output=True, timeout=20, check=True)
    assert json.loads(process.read_text())["capabilities"] == {each: ["CAP_KILL"] for each in SETS}


def test_other_commands_pass_through(runc):
    done = subprocess.run([WRAPPER, "state", "id"], env=runc, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.splitlines() == ["state", "id"]
