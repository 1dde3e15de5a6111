"""The reference solution's course through a lab, with checkpoints: a fault is tried from the file that it is in."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from harness.ways import Way, reference
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from harness.certification.bystanders import Take
    from harness.certification.walk import Walk
    from setup.dump import Dump

TIMES, SPARE = 2.0, 2.0  # a fault may take so many times as long as the unmutated files, and so many seconds more


class Course:
    """Goes the unmutated way file by file; then any number of times from a checkpoint on, with one file exchanged.

    ``files`` are the texts of the way by name, filled in, in the order in which they are done. Where a checkpoint
    cannot be had, the way is gone from an earlier one or from a clean start.
    """

    def __init__(self, walk: Walk, take: Take) -> None:
        """``take`` gives the objects of a sandbox: all, or those like some."""
        self.walk = walk
        self.take = take
        self.way = reference(walk.lab.folder)
        self.files = walk.rendered(self.way)
        self.seconds: list[float] = []
        self.objects: list[Dump] = []
        self._begun: set[int] = set()

    def go(self, changing: Collection[str]) -> None:
        """Go from the clean start to the end, keeping what comes back before a file of those that are ``changing``.

        LabsError where a file fails.
        """
        wanted = {self.needed(file) for file in changing}
        for at in range(len(self.files)):
            if at in wanted:
                self.walk.keep(f"before/{at}")
            self.seconds.append(self.walk.go(self.way, part=slice(at, at + 1)))
            self.objects.append(self.take(self.walk.started.sandbox))

    def again(
        self, file: str, text: str, patience: float = 1.0, shown: Callable[[Dump], bool] = lambda _: True
    ) -> bool:
        """Go once more with this text for ``file``, for ``patience`` times as long as a fault may take.

        As a candidate would: where kubectl or bash stops, what was done remains. False where the rest was left out,
        because ``shown``, asked with what there was after the unmutated file, said that no fault shows.
        """
        begin, own = self._back(self.needed(file)), list(self.files).index(file)
        self._begun.add(begin)
        until = time.monotonic() + patience * (TIMES * sum(self.seconds[begin:]) + SPARE)
        with TemporaryDirectory(prefix="labs-mutant-") as name:
            folder = Path(name) / "mutant"
            folder.mkdir()
            for each, its in {**self.files, file: text}.items():
                (folder / each).write_text(its, encoding="utf-8")
            with suppress(LabsError):  # many a fault waits for what never comes
                self.walk.go(Way(folder), until - time.monotonic(), slice(begin, own + 1))
                if not shown(self.objects[own]):
                    return False
                self.walk.go(Way(folder), until - time.monotonic(), slice(own + 1, None))
        return True

    def beginnings(self) -> list[str]:
        """The files from which faults were tried: before each, the state was kept, or is the clean start."""
        return [list(self.files)[at] for at in sorted(self._begun)]

    def needed(self, file: str) -> int:
        """The number of the first file that is done with what ``file`` says: itself, or a script that names it."""
        return next(at for at, (name, text) in enumerate(self.files.items()) if name == file or file in text)

    def _back(self, until: int) -> int:
        """Bring back the state before file number ``until`` or an earlier one; which one it is."""
        for at in range(until, -1, -1):
            if self.walk.back(f"before/{at}"):
                return at
        self.walk.clean()
        return 0
