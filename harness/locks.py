"""Locks between `labs` commands that run at the same time; a lock dies with its holder."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class BusyError(LabsError):
    """Another command holds the lock."""


class Locks:
    """Named locks, each a file in one folder that is locked by the kernel, never by its mere existence."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def hold(self, name: str, wait: float = 0.0, waiting: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the lock ``name``; wait up to ``wait`` seconds for it, after calling ``waiting`` once.

        Raises BusyError if another command still holds it then.
        """
        from filelock import FileLock, Timeout  # noqa: PLC0415  (late: not every command needs it)

        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{name}.lock"
        lock = FileLock(path)
        try:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                if wait <= 0:
                    raise
                if waiting is not None:
                    waiting()
                lock.acquire(timeout=wait, poll_interval=0.05)
        except Timeout as error:
            raise BusyError(
                f"another `labs` command is at work on {name}", "Wait until it has ended, then try again."
            ) from error
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # while it is held: whoever waits finds the new file, see FileLock
            lock.release()

    def held(self, name: str) -> bool:
        """Whether another command holds the lock now."""
        if not (self.folder / f"{name}.lock").exists():
            return False
        try:
            with self.hold(name):
                return False
        except BusyError:
            return True

    def sweep(self) -> None:
        """Remove the files that killed commands left; a lock that is held stays."""
        for path in self.folder.glob("*.lock"):
            self.held(path.stem)  # taking and leaving it removes the file
