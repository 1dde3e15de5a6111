"""Whether a sandbox runs, who runs in it, and its end."""

import fcntl
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from setup.errors import LabsError
from setup.processes import Identity, read_identities

LOCK = "running.lock"  # held by the supervisor for as long as the sandbox runs
IDENTITIES = "processes.json"
READY = "ready"  # a file that says that the API server has answered
STOP_WITHIN = 10.0  # seconds


def running(directory: Path) -> bool:
    """Whether a supervisor holds the sandbox's lock."""
    try:
        descriptor = os.open(directory / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def identities(directory: Path) -> dict[str, Identity]:
    """Who runs in a sandbox, by component name."""
    return read_identities(directory / IDENTITIES)


def end(directory: Path) -> None:
    """End every process of a sandbox, by its identity; LabsError when one does not go."""
    found = identities(directory)
    supervisor = found.pop("supervisor", None)
    if supervisor:
        supervisor.send(signal.SIGTERM)
        wait_for(lambda: not supervisor.alive())
        supervisor.send(signal.SIGKILL)
    for each in found.values():
        each.send(signal.SIGKILL)
    if not wait_for(lambda: not running(directory) and not any(each.alive() for each in found.values())):
        raise LabsError(f"the processes of {directory.name} do not end", "look at them with labs status")


def wait_for(done: Callable[[], bool]) -> bool:
    """Look again and again until something is done; False when ``STOP_WITHIN`` seconds were not enough."""
    deadline = time.monotonic() + STOP_WITHIN
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
