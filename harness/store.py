"""Small JSON files, replaced whole."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

from setup.errors import LabsError

if TYPE_CHECKING:
    from pathlib import Path

FIXES = {
    errno.ENOSPC: "Free some disk room and try again.",
    errno.EDQUOT: "Your disk quota is used up: free some room and try again.",
    errno.EACCES: "Make the folder writable for you, or set XDG_STATE_HOME or XDG_CACHE_HOME to one that is.",
    errno.EPERM: "Make the folder writable for you, or set XDG_STATE_HOME or XDG_CACHE_HOME to one that is.",
    errno.ENOTDIR: "A file lies where a folder should be: move it away, or set XDG_STATE_HOME or XDG_CACHE_HOME.",
    errno.EEXIST: "A file lies where a folder should be: move it away, or set XDG_STATE_HOME or XDG_CACHE_HOME.",
    errno.EROFS: "The file system is read-only: set XDG_STATE_HOME or XDG_CACHE_HOME to a writable folder.",
}


def mendable(error: OSError) -> LabsError | None:
    """The clear sentence for a full disk or a folder without rights; None for any other error."""
    fix = FIXES.get(error.errno or 0)
    if fix is None:
        return None
    return LabsError(f"cannot use {error.filename}: {error.strerror}" if error.filename else str(error.strerror), fix)


def read_json(path: Path) -> dict[str, Any] | None:
    """The document at ``path``, or None if there is none; LabsError if it is damaged."""
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise damaged(path, str(error)) from error
    if not isinstance(document, dict):
        raise damaged(path, f"it holds a {type(document).__name__}, not an object")
    return document


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Replace the file at ``path``: the old or the new document is there whole, whatever happens.

    The caller holds the file's lock: the new document's temporary name is always the same, so a killed
    writer leaves one file at most and the next one takes it over.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def damaged(path: Path, why: str) -> LabsError:
    """The error for a state file that cannot be read."""
    return LabsError(
        f"the state file {path} is damaged: {why}",
        f"`labs stop {path.parent.name}` removes that sandbox; other labs are not touched.",
    )
