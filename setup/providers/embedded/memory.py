"""How much memory processes take."""

from pathlib import Path

import psutil


def resident(folder: Path) -> int:
    """The resident memory, in bytes, of the processes whose command line names the folder."""
    size = 0
    for process in psutil.process_iter(["cmdline", "memory_info"]):
        memory = process.info["memory_info"]
        line = " ".join(process.info["cmdline"] or ())
        if memory is not None and (f"{folder}/" in line or line.endswith(str(folder))):
            size += memory.rss
    return size
