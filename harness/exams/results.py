"""Finding the results of past exams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness import store
from harness.exams import grading, proctor
from harness.exams.exam import Stage
from harness.exams.history import RESULT
from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.app import App
    from harness.exams.exam import Exam


def find_result(app: App, name: str | None) -> dict[str, Any]:
    """The result of the exam of that name, or of the last one; LabsError if there is none.

    An exam whose time is over is graded first; while one is under way nothing of it is shown.
    """
    open_ = app.exams.open()
    if open_ is not None and name in (None, open_.id):
        if not open_.over(app.exams.now()):
            proctor.ensure(app, open_)
            if name is not None or app.exams.last() is None:
                raise LabsError(f"{open_.title} is not over yet", "`labs exam submit` hands in.")
        else:
            return load(grading.finish(app, open_))
    if name is None:
        last = app.exams.last()
        if last is None:
            raise LabsError("no exam was graded yet", "`labs exam start` begins one.")
        return load(last)
    if name not in app.exams.names():
        raise LabsError(f"there is no exam {name!r}", "`labs exam history` names them.", 2)
    return load(app.exams.read(name))


def load(exam: Exam) -> dict[str, Any]:
    """The exam's result; LabsError where it has none."""
    document = store.read_json(exam.folder / RESULT) if exam.stage is Stage.ENDED else None
    if document is None:
        raise LabsError(f"{exam.title} has no result: it is {exam.stage}", "`labs exam history` shows all exams.")
    return document


def history(app: App) -> list[dict[str, Any]]:
    """All exams, the last one first, with the score of those that were graded."""
    found: list[dict[str, Any]] = []
    for name in reversed(app.exams.names()):
        try:
            exam = app.exams.read(name)
            document = load(exam) if exam.stage is Stage.ENDED else {}
        except LabsError as error:
            found.append({"exam": name, "title": "", "stage": "damaged", "why": error.what})
            continue
        found.append({
            "exam": name, "title": exam.title, "stage": str(exam.stage), "seed": exam.seed, "tasks": len(exam.tasks),
            "started": exam.started, "minutes": exam.minutes, "minutes_used": document.get("minutes_used"),
            "score": document.get("score"), "passed": document.get("passed"), "pass_mark": exam.pass_mark,
        })  # fmt: skip
    return found
