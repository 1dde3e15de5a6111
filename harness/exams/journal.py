"""The journal of an exam: one JSON line an event, on the disk before anything follows from it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "journal.jsonl"


def append(path: Path, event: Mapping[str, Any]) -> None:
    """Add ``event`` as the last line and wait for the disk. The caller holds the exam's journal lock.

    Half a line that a killed writer left is cut off first: it was never said to be done.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps(event, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        whole = _whole(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
        os.ftruncate(descriptor, whole)
        written = 0
        while written < len(line):
            written += os.pwrite(descriptor, line[written:], whole + written)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if whole == 0:
        _sync_folder(path.parent)


def read(path: Path) -> tuple[dict[str, Any], ...]:
    """Every event that was written whole, in order; LabsError where a line in the middle is damaged."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    events = []
    for number, line in enumerate(content[: _whole(content)].splitlines(), 1):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _damaged(path, number, str(error)) from error
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            raise _damaged(path, number, "it is no event")
        events.append(event)
    return tuple(events)


def _whole(content: bytes) -> int:
    """How many bytes belong to whole lines."""
    return content.rfind(b"\n") + 1


def _sync_folder(folder: Path) -> None:
    """Make sure that the new file's name survives a power cut, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged(path: Path, line: int, why: str) -> LabsError:
    return LabsError(
        f"the exam's journal {path} is damaged in line {line}: {why}", "`labs exam abandon` gives that exam up."
    )
