"""What somebody does on a machine of the tests' own, whose control groups are version 2, on clusters of real nodes.

A program, run in the machine: ``python -m tests.live.machine.on_real_nodes STEP``. The node image is in /run/share.
"""

import subprocess
import sys
import time
from pathlib import Path

from setup.providers.kind.runtime import Runtime, find
from tests.live.machine.somebody import HOME, MAKE, boot, recall, remember, somebody
from tests.live.sitting import Sitting, check_result, named

BLUEPRINT, SEED = "on-nodes", "1"
START = ("start", BLUEPRINT, "--seed", SEED, "--yes")
IMAGE = Path("/run/share/node.tar")
STATIC = 1  # the task
DRIVER = "cgroupDriver: systemd"


def begin() -> None:
    """Begin an exam and do the task about a node's own files."""
    runtime = docker()
    runtime.check("load", "--quiet", "--input", str(IMAGE), deadline=MAKE)
    sitting = somebody()
    if "gives the exam up" in sitting.labs(*START, code=None, within=MAKE):  # kind gives up early on so slow a machine
        sitting.labs(*START, within=MAKE)
    for name in nodes(sitting):
        version = runtime.exec(name, "stat", "--file-system", "--format=%T", "/sys/fs/cgroup", deadline=60)
        assert version.text.strip() == "cgroup2fs", version
    sitting.go(STATIC, named(sitting.ways(STATIC)[0], "reference"))
    remember(sitting)


def go_on() -> None:
    """After the reboot: asked without Docker and then with it, the nodes come back with their files, and all points."""
    sitting = somebody()
    before = recall()
    assert boot() != before["boot"], "it is another start of the machine"
    assert "docker does not answer" in sitting.labs("status", code=None)
    docker()
    status = sitting.json("status", within=MAKE)
    assert [cluster["lost"] for cluster in status["clusters"]] == [None] * len(status["clusters"]), status["clusters"]
    assert sitting.app.exams.current().deadline == before["deadline"]
    ways = {STATIC: named(sitting.ways(STATIC)[0], "reference")}
    document = sitting.json("submit", "--yes", code=None, within=MAKE)
    check_result(sitting, document, ways)
    assert any("brought back" in remark for remark in document["remarks"]), document["remarks"]
    sitting.user.labs("stop", "--all")


def nodes(sitting: Sitting) -> list[str]:
    """The names of the exam's nodes."""
    return [name for sandbox in sitting.app.providers["kind"].sandboxes() for name, _ in sandbox.nodes]


def docker() -> Runtime:
    """Docker, started, with its data on the machine's disk."""
    log = HOME.parent / "dockerd.log"
    with log.open("ab") as file:
        subprocess.Popen(("dockerd", "--data-root", "/disk/docker"), stdout=file, stderr=file, start_new_session=True)
    until = time.monotonic() + 60
    while subprocess.run(("docker", "version"), capture_output=True, check=False).returncode:
        assert time.monotonic() < until, log.read_text()[-1000:]
        time.sleep(1)
    found, why = find()
    assert found is not None, why
    return found


if __name__ == "__main__":
    globals()[sys.argv[1]]()
