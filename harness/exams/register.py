"""The exams of this user: one folder each, the journal in it, and at most one that is open."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from harness.exams import clock, journal
from harness.exams.exam import Exam, Stage, fold
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.locks import Locks

LOCK = "exam-journal"
NAME = re.compile(r"\d{8}-\d{6}-[a-z0-9-]+")


class Register:
    """Reads and writes the journals under ``folder``. Reading takes no lock, writing takes a short one."""

    def __init__(self, folder: Path, locks: Locks, now: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self.locks = locks
        self.now = now

    def names(self) -> tuple[str, ...]:
        """The exams there are, the oldest first."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(each.name for each in self.folder.iterdir() if NAME.fullmatch(each.name)))

    def read(self, name: str) -> Exam:
        """The exam of that name as it is now."""
        folder = self.folder / name
        return fold(name, folder, journal.read(folder / journal.NAME))

    def open(self) -> Exam | None:
        """The exam that is not over yet; None if there is none."""
        exams = (self.read(name) for name in reversed(self.names()))
        return next((exam for exam in exams if exam.open and exam.tasks), None)

    def current(self) -> Exam:
        """The exam that is not over yet; LabsError if there is none."""
        exam = self.open()
        if exam is None:
            raise LabsError("no exam is open", "`labs exam start` begins one, `labs exam result` shows the last.")
        return exam

    def last(self) -> Exam | None:
        """The exam that ended last with a result."""
        exams = (self.read(name) for name in reversed(self.names()))
        return next((exam for exam in exams if exam.stage is Stage.ENDED), None)

    def begin(self, blueprint: str, **facts: Any) -> Exam:
        """Write down a new exam; LabsError if one is open already."""
        with self._writing():
            already = self.open()
            if already is not None:
                raise busy(already)
            stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(self.now()))
            name = f"{stamp}-{blueprint}"
            while (self.folder / name).exists():
                name += "-x"
            return self._append(name, "drawn", blueprint=blueprint, **facts)

    def note(self, exam: Exam, event: str, *, unless: Callable[[Exam], str | None] | None = None, **facts: Any) -> Exam:
        """Add an event to the exam's journal and return the exam as it is then.

        ``unless`` looks at the exam as it is now on the disk; the sentence that it returns is raised as LabsError.
        """
        with self._writing():
            why = unless(self.read(exam.id)) if unless is not None else None
            if why is not None:
                raise LabsError(why, "`labs exam status` shows how the exam stands.")
            return self._append(exam.id, event, **facts)

    def set_aside(self) -> tuple[str, ...]:
        """Rename the journals that cannot be read, so that other exams can be sat; the names of their exams."""
        found = []
        with self._writing():
            for name in self.names():
                path = self.folder / name / journal.NAME
                try:
                    journal.read(path)
                except LabsError:
                    path.replace(path.with_suffix(".damaged"))
                    found.append(name)
        return tuple(found)

    def _append(self, name: str, event: str, **facts: Any) -> Exam:
        journal.append(self.folder / name / journal.NAME, {"event": event, "at": self.now(), **facts})
        exam = self.read(name)
        clock.write(exam)
        return exam

    def _writing(self) -> Any:
        return self.locks.hold(LOCK, wait=10.0)


def busy(exam: Exam) -> LabsError:
    """The error for a second exam beside the one that is open."""
    return LabsError(
        f"the exam {exam.title} is open ({exam.stage})",
        "`labs exam submit` has it graded, `labs exam abandon` gives it up.",
        2,
    )
