"""The kernel's settings that a kubelet changes for the whole machine: remembered before, put back after.

A node is privileged and shares the host's kernel, so its kubelet's settings are the host's (k8s.io/kubernetes
pkg/kubelet/cm/container_manager_linux.go: setupKernelTunables). A node is also how they are put back, for Docker's user
need not be root.
"""

import json
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from setup.errors import LabsError
from setup.providers.kind.runtime import Runtime

PROC = Path("/proc/sys")
NAMES = (
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)
FILE = "tunables.json"  # in the state folder, while clusters of ours may have changed them


def look() -> dict[str, str]:
    """The settings as they are; none where the kernel is not this machine's own (macOS)."""
    found = {}
    for name in NAMES:
        with suppress(OSError):
            found[name] = (PROC / name).read_text().strip()
    return found


def remember(state: Path) -> None:
    """Keep the settings before the first node starts; what was kept before stays."""
    file = state / FILE
    if not file.exists():
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = file.with_name(f"{FILE}.part")
        part.write_text(json.dumps(look()))
        part.replace(file)


def put_back(state: Path, runtime: Runtime, containers: Sequence[str]) -> None:
    """Put back what differs from what was kept, through the first of these containers that runs."""
    changed = different(_kept(state), look())
    if changed:
        script = "; ".join(f"echo {shlex.quote(value)} > {PROC / name}" for name, value in changed.items())
        for each in containers:
            with suppress(LabsError):
                if runtime.exec(each, "sh", "-c", script).code == 0:
                    break
    (state / FILE).unlink(missing_ok=True)


def different(kept: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """The kept settings that are others now."""
    return {name: value for name, value in kept.items() if now.get(name, value) != value}


def _kept(state: Path) -> dict[str, str]:
    with suppress(OSError, ValueError, AttributeError):
        return {str(name): str(value) for name, value in json.loads((state / FILE).read_text()).items()}
    return {}
