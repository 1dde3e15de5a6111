"""Whether this machine has room for one more cluster, and the command that mends it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from setup.errors import LabsError
from setup.providers.kind.runtime import Runtime
from setup.providers.load import Load

NOTHING = Load()
GIB = 1 << 30
MIB = 1 << 20
CONTROL_PLANE, WORKER = 900 * MIB, 350 * MIB  # bytes that a node takes with nothing on it
AIR = 512 * MIB  # bytes that stay free
DISK = 3 * GIB  # bytes: what nodes write; images are there already
PROC = Path("/proc/sys/fs/inotify")
INSTANCES_PER_NODE = 20  # systemd, containerd, kubelet, kube-proxy, the pods' own: nine nodes were seen to exceed 128
WATCHES_PER_NODE = 2500
IDLE = 0.055  # processors for each node


@dataclass(frozen=True)
class Machine:
    """What the machine has, in bytes and pieces; None where it cannot be known (a virtual machine's Docker).

    ``held`` are the inotify instances that root's processes hold already, 0 where only root may see that.
    """

    memory: int
    disk: int | None
    instances: int | None
    watches: int | None
    cgroup: str
    held: int = 0


def look(runtime: Runtime) -> Machine:
    """Ask the runtime and the kernel."""
    info = runtime.info
    host = info.get("host", info)  # Podman's lies one deeper
    root = Path(str(info.get("DockerRootDir") or info.get("store", {}).get("graphRoot", "/nowhere")))
    virtual = "Docker Desktop" in str(info.get("OperatingSystem", ""))
    memory = int(info.get("MemTotal", 0)) if virtual else int(psutil.virtual_memory().available)
    return Machine(
        memory=memory,
        disk=shutil.disk_usage(root).free if root.exists() and not virtual else None,
        instances=None if virtual else _limit("max_user_instances"),
        watches=None if virtual else _limit("max_user_watches"),
        cgroup=str(host.get("CgroupVersion", host.get("cgroupVersion", "2"))).removeprefix("v"),
        held=0 if virtual or os.geteuid() else _held(),
    )


def need(control_planes: int, workers: int) -> Load:
    """What a cluster takes with nothing on it."""
    nodes = control_planes + workers
    return Load(control_planes * CONTROL_PLANE + workers * WORKER, nodes * INSTANCES_PER_NODE, nodes * IDLE)


def obstacles(
    machine: Machine, control_planes: int, workers: int, running: int, beside: Load = NOTHING
) -> Iterator[LabsError]:
    """What stands against one more cluster beside ``running`` kind nodes and what else is to come."""
    nodes = control_planes + workers + running
    load = need(control_planes, workers) + beside
    wanted = load.memory + AIR
    instances = load.instances + max(machine.held, running * INSTANCES_PER_NODE)
    if machine.memory < wanted:
        what = f"{machine.memory / GIB:.1f} GiB of memory are free, this cluster needs {wanted / GIB:.1f} GiB"
        yield LabsError(what, "labs stop --all ends what labs has running; else close something")
    if machine.disk is not None and machine.disk < DISK:
        what = f"{machine.disk / GIB:.1f} GiB of disk are free where containers live, {DISK / GIB:.0f} GiB are needed"
        yield LabsError(what, "docker system prune removes what no container uses")
    for name, have, wanted in (
        ("max_user_instances", machine.instances, instances),
        ("max_user_watches", machine.watches, nodes * WATCHES_PER_NODE),
    ):
        if have is not None and have < wanted:
            what = f"fs.inotify.{name} is {have}, with {nodes} nodes {wanted} are needed"
            yield LabsError(what, f"sudo sysctl fs.inotify.{name}={max(512, 2 * wanted)}")


def _held() -> int:
    """How many inotify instances root's processes have open."""
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            files = list((process / "fd").iterdir()) if process.stat().st_uid == 0 else []
            count += sum(map(_is_instance, files))
    return count


def _is_instance(file: Path) -> bool:
    try:
        return "inotify" in str(file.readlink())
    except OSError:  # it was closed
        return False


def _limit(name: str) -> int | None:
    try:
        return int((PROC / name).read_text())
    except (OSError, ValueError):
        return None
