"""How much memory a sandbox takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def resident(folders: Iterable[Path]) -> Mapping[Path, int]:
    """The resident memory, in bytes, of the processes whose command line names each of the folders."""
    import psutil  # noqa: PLC0415  (late: not every command needs it)

    sizes = dict.fromkeys(folders, 0)
    for process in psutil.process_iter(["cmdline", "memory_info"]):
        memory = process.info["memory_info"]
        line = " ".join(process.info["cmdline"] or ())
        for folder in sizes:
            if memory is not None and (f"{folder}/" in line or line.endswith(str(folder))):
                sizes[folder] += memory.rss
    return sizes


def available() -> int:
    """The memory, in bytes, that new processes can have without swapping."""
    import psutil  # noqa: PLC0415  (late: not every command needs it)

    return int(psutil.virtual_memory().available)
