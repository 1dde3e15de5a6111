"""Giving one task its clean start again, in the middle of an exam."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.exams import laying, places
from harness.exams.claims import claims_of
from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.app import App
    from harness.exams.exam import Exam, Task


def reset(app: App, exam: Exam, task: Task) -> Exam:
    """Undo the candidate's work on this task and make its start again; the other tasks are not touched.

    LabsError where the task shares its cluster and cannot be separated, or the start does not take effect.
    """
    refuse_together(app, exam, task)
    app.preload()
    lab = app.catalog.get(task.lab)
    session = places.session_of(app, exam, task.cluster)
    sandbox = places.find(app, exam, task.cluster)
    if session is None or sandbox is None:
        places.need(app, exam, task)
        raise LabsError(f"the cluster of task {task.number} is gone", "`labs exam status` shows what is left.")
    with app.locks.hold(
        session.sandbox, places.PATIENCE, lambda: app.tell("another command is at work on that cluster")
    ):
        exam = app.exams.note(exam, "resetting", task=task.number, unless=_standing)
        owner = app.providers[session.provider]
        if len(exam.on(task.cluster)) == 1:
            owner.reset(sandbox)
            sandbox = places.find(app, exam, task.cluster) or sandbox
        else:
            owner.reset_part(sandbox, claims_of(lab, places.variables(exam, task, sandbox)).part())
        values = laying.values(lab, task, sandbox)
        laying.lay(app, lab, task, sandbox, values)
        laying.confirm(app, lab, task, sandbox, values)
        return app.exams.note(exam, "reset", task=task.number, vars=dict(values))


def refuse_together(app: App, exam: Exam, task: Task) -> None:
    """LabsError where the task cannot be reset without others."""
    others = [other.number for other in exam.on(task.cluster) if other.number != task.number]
    if others and not task.alone:
        lab = app.catalog.get(task.lab)
        with_ = ", ".join(str(number) for number in others)
        why = "it changes more than the API holds" if lab.spec.replaces else "it cannot be told apart from them"
        raise LabsError(
            f"task {task.number} shares its cluster with {with_} and cannot be reset alone: {why}",
            "Undo your work by hand. Where there is more memory it gets a cluster of its own.", 2,
        )  # fmt: skip


def finish_interrupted(app: App, exam: Exam) -> Exam:
    """Do a reset again that a killed command began."""
    if exam.resetting is None:
        return exam
    session = places.session_of(app, exam, exam.task(exam.resetting).cluster)
    if session is None or app.locks.held(session.sandbox):
        return exam  # it is under way
    now = app.exams.read(exam.id)
    return reset(app, now, now.task(now.resetting)) if now.resetting is not None else now


def _standing(exam: Exam) -> str | None:
    return None if exam.closed is None else "the time is over: nothing can be reset any longer"
