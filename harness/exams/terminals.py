"""The terminals of an exam's shells, so that a warning reaches the candidate wherever they are at work."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from setup.processes import Identity, read_identities, write_identities

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "terminals"  # in an exam's folder: a file for each shell, with its process; the name tells the terminal


@contextmanager
def known(folder: Path) -> Iterator[None]:
    """Let warnings come to our terminal while a shell is open in it; nothing is known without a terminal."""
    try:
        name = os.ttyname(0)
    except OSError:
        yield
        return
    file = folder / FOLDER / f"{os.getpid()}"
    file.parent.mkdir(exist_ok=True, mode=0o700)
    write_identities(file, {name: Identity.of(os.getpid())})
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def tell(folder: Path, sentence: str) -> None:
    """Write a line to each terminal in which one of the exam's shells is open; what cannot be written to is left."""
    for file in sorted((folder / FOLDER).glob("*")):
        for name, process in read_identities(file).items():
            if not process.alive():
                file.unlink(missing_ok=True)
                continue
            with suppress(OSError):
                terminal = os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
                try:
                    os.write(terminal, f"\a\r\n*** {sentence} ***\r\n".encode())
                finally:
                    os.close(terminal)
