"""Watches over an exam until it is graded: ``python -m harness.exams.proctor FOLDER``, as a process of its own.

It needs nobody at a terminal. Every `labs exam` command starts it again where it died.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from harness.exams import grading, resetting, terminals
from harness.exams.clock import crossed, words
from harness.exams.exam import Stage
from harness.locks import BusyError
from setup.errors import LabsError
from setup.processes import Identity, read_identities, write_identities

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.app import App
    from harness.exams.exam import Exam

IDENTITY = "proctor.json"  # in the exam's folder: who watches
LOOK = 1.0  # seconds between two looks at the clock; it is read anew each time, so a machine may sleep in between
AGAIN = 10.0  # seconds before a grading that failed is tried again


def lock(exam: Exam) -> str:
    """The name of the lock that the exam's proctor holds for as long as it lives."""
    return f"proctor-{exam.id}"


def ensure(app: App, exam: Exam) -> None:
    """Start a proctor where the exam has none."""
    if exam.open and exam.deadline is not None and not app.locks.held(lock(exam)):
        app.watch(exam.folder)


def dismiss(exam: Exam) -> None:
    """End the exam's proctor, and nobody else."""
    import signal  # noqa: PLC0415

    found = read_identities(exam.folder / IDENTITY).get("proctor")
    if found is not None and found.pid != os.getpid():
        found.send(signal.SIGKILL)


def watch(app: App, exam_id: str, pause: Callable[[float], None] = time.sleep) -> None:
    """Warn when time gets short, and finish the exam when it is over; returns when there is nothing left to do."""
    left = app.exams.read(exam_id).left(app.exams.now())
    while True:
        exam = app.exams.read(exam_id)
        if not exam.open:
            return
        now = app.exams.now()
        if exam.over(now):
            pause(0.0 if _finish(app, exam) else AGAIN)
            continue
        if exam.stage is Stage.RUNNING:
            before, left = left, exam.left(now)
            warning = crossed(before, left)
            if warning is not None:
                terminals.tell(exam.folder, f"{words(warning)} left")
            _finish_reset(app, exam)
        pause(min(LOOK, max(0.05, left)))


def _finish(app: App, exam: Exam) -> bool:
    """Whether the exam came to its result, or another command is at it."""
    try:
        if exam.submitted is None:
            terminals.tell(exam.folder, "the time is over; your work is being graded: `labs exam result` shows it")
        grading.finish(app, exam)
    except BusyError:
        return True
    except (LabsError, OSError) as error:
        app.tell(f"grading failed and is tried again: {error}")
        return False
    return True


def _finish_reset(app: App, exam: Exam) -> None:
    try:
        resetting.finish_interrupted(app, exam)
    except (LabsError, OSError) as error:
        app.tell(f"the reset of task {exam.resetting} is not finished: {error}")


def main(words_: list[str]) -> None:
    """Watch one exam; end at once where another proctor does already."""
    from harness.app import App  # noqa: PLC0415

    app = App.default()
    exam = app.exams.read(Path(words_[0]).name)
    try:
        with app.locks.hold(lock(exam), wait=3.0):  # who asks whether it is held holds it for a moment
            write_identities(_identity(exam.folder), {"proctor": Identity.of(os.getpid())})
            watch(app, exam.id)
            _identity(exam.folder).unlink(missing_ok=True)
    except BusyError:
        return


def _identity(folder: Path) -> Path:
    return folder / IDENTITY


if __name__ == "__main__":
    main(sys.argv[1:])
