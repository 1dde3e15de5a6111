"""How much memory there is."""

from __future__ import annotations


def available() -> int:
    """The memory, in bytes, that new processes can have without swapping."""
    import psutil  # noqa: PLC0415  (late: not every command needs it)

    return int(psutil.virtual_memory().available)
