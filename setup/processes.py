"""Child processes that end with their parent, and processes that are found again."""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
Child = subprocess.Popen[bytes]


def _prctl() -> "ctypes._NamedFuncPointer | None":
    return ctypes.CDLL(None).prctl if sys.platform == "linux" else None


_PRCTL = _prctl()


def die_with_parent() -> None:
    """Ask the kernel, in a child before it becomes another program, to kill it when its parent ends (Linux)."""
    if _PRCTL:
        _PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL)


def spawn_child(command: Sequence[str], log: Path, directory: Path, environment: Mapping[str, str]) -> Child:
    """Start a process that the kernel kills when this one ends (Linux, ``prctl(2)``); output is added to ``log``."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=directory,
            env={**os.environ, **environment},
            preexec_fn=die_with_parent,  # noqa: PLW1509 - the supervisor has one thread
            close_fds=True,
        )


def spawn_detached(module: str, arguments: Sequence[str], log: Path, descriptors: Sequence[int]) -> int:
    """Start a Python module of ours in a session of its own, as nobody's terminal; returns its pid.

    ``-P`` keeps the current folder off the module path, where a stranger's ``setup.py`` could lie.
    """
    command = [sys.executable, "-P", "-m", module, *arguments]
    root = str(Path(__file__).resolve().parent.parent)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={**os.environ, "PYTHONPATH": root},
            pass_fds=tuple(descriptors),
            start_new_session=True,
        )
    process.returncode = 0  # it outlives us: nobody waits for it, and Popen need not warn about that
    return process.pid


@dataclass(frozen=True)
class Identity:
    """A process that can be told from a later one with the same pid, also after a reboot or when the clock was set.

    ``started`` is the boot's id and the start time in clock ticks since the boot (Linux, ``proc(5)``), elsewhere the
    start time in seconds since the epoch.
    """

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Identity":
        """Read the identity of a running process; ProcessLookupError when there is none."""
        started = _started(pid)
        if started is None:
            raise ProcessLookupError(pid)
        return cls(pid, started)

    def alive(self) -> bool:
        """Whether this very process still runs: a zombie does not, but for one whose threads are still ending."""
        return _started(self.pid) == self.started

    def send(self, number: signal.Signals) -> None:
        """Send a signal to this very process, or to nobody."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _started(pid: int) -> str | None:
    """When a process was started; None when there is none, or a zombie."""
    return _started_on_linux(pid) if sys.platform == "linux" else _started_elsewhere(pid)


def _started_on_linux(pid: int) -> str | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    threads = int(fields[17])  # of a killed process the first may be gone while others still hold its sockets
    return None if fields[0] in "ZX" and threads <= 1 else f"{boot} {fields[19]}"


def _started_elsewhere(pid: int) -> str | None:
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.NoSuchProcess:
        return None


def write_identities(path: Path, identities: Mapping[str, Identity]) -> None:
    """Write who runs, by component name."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps({name: [each.pid, each.started] for name, each in identities.items()}))
    part.replace(path)


def read_identities(path: Path) -> dict[str, Identity]:
    """Read who ran, by component name; empty when nothing readable is there."""
    try:
        return {name: Identity(int(pid), str(at)) for name, (pid, at) in json.loads(path.read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
