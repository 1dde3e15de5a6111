"""Folders that are owned while something is made in them: by a lock of the kernel, which dies with its holders."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from setup.errors import LabsError

PAUSE = 0.02  # seconds between two looks at a lock


@contextmanager
def claimed(directory: Path, undo: Callable[[Path], None]) -> Iterator[int]:
    """Own a new folder while something is made in it; ``undo`` takes everything away again when that fails.

    Yields the descriptor that holds the lock; a process that inherits it goes on holding it.
    """
    directory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = _take_new(directory)
    try:
        yield lock
    except BaseException:
        undo(directory)
        raise
    finally:
        os.close(lock)


def _take_new(directory: Path) -> int:
    """Make a folder and own it; once more where a sweeper found it before it was owned."""
    while True:
        try:
            directory.mkdir(mode=0o700)
        except FileExistsError:
            raise LabsError(f"{directory.name} is being made by another command", "wait for it to end") from None
        with suppress(FileNotFoundError):
            lock = take(directory)
            if _is(lock, directory):
                return lock
            os.close(lock)


def take(directory: Path) -> int:
    """Own a folder that was just made; the descriptor that holds it."""
    lock = os.open(directory, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def sweep(root: Path, finished: str, undo: Callable[[Path], None]) -> tuple[str, ...]:
    """Undo what makers that were killed left: folders without the file ``finished`` that nobody owns; their names."""
    unfinished = (directory for directory in sorted(root.glob("*/")) if not (directory / finished).exists())
    return tuple(directory.name for directory in unfinished if not owned(directory, then=undo))


def owned(directory: Path, then: Callable[[Path], None] = lambda _: None) -> bool:
    """Whether somebody owns the folder; where nobody does, ``then`` is called while we own it."""
    try:
        lock = os.open(directory, os.O_RDONLY)
    except FileNotFoundError:  # somebody was quicker
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        then(directory)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


@contextmanager
def locked(directory: Path, within: float, *, make: bool = False) -> Iterator[None]:
    """Own a folder that is there, or with ``make`` one that is made; FileNotFoundError where there is none.

    LabsError when somebody else still owns it after ``within`` seconds.
    """
    until = time.monotonic() + within
    while True:
        if make:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(directory, os.O_RDONLY)
        try:
            if _locks(lock, directory):
                yield
                return
        finally:
            os.close(lock)
        if time.monotonic() > until:
            raise LabsError(f"{directory} is in use by another command", "wait for it to end, then try again")
        time.sleep(PAUSE)


def _locks(lock: int, directory: Path) -> bool:
    """Whether the lock could be taken, and on the folder that is there now: its last owner may have removed it."""
    with suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return _is(lock, directory)
    return False


def _is(lock: int, directory: Path) -> bool:
    """Whether the open folder is still the one of that name."""
    try:
        return directory.stat().st_ino == os.fstat(lock).st_ino
    except FileNotFoundError:
        return False
