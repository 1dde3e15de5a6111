"""What the candidate does in an exam: opens tasks, marks and notes them, stops the clock, hands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.exams import closing, grading, places, proctor
from harness.exams.exam import Exam, Stage
from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.app import App
    from harness.exams.exam import Task

LONGEST_NOTE = 2000  # characters


def attend(app: App) -> Exam:
    """The open exam, sound again after whatever happened: clusters and proctor run, and it is graded if it is time.

    LabsError if no exam is open.
    """
    exam = app.exams.current()
    if exam.over(app.exams.now()):
        exam = grading.settle(app, exam)
        proctor.ensure(app, exam)
        return exam
    if exam.deadline is not None:
        exam = bring_back(app, exam)
        proctor.ensure(app, exam)
    return exam


def bring_back(app: App, exam: Exam) -> Exam:
    """Start clusters that died, with the work in them; what cannot be brought back is said and written down."""
    for cluster, sandbox, runs in places.fallen(app, exam):
        numbers = ", ".join(str(task.number) for task in exam.on(cluster.number))
        if sandbox is None:
            if cluster.number not in exam.lost:
                exam = app.exams.note(exam, "lost", cluster=cluster.number, why="its sandbox is gone")
            app.tell(
                f"the cluster of task {numbers} is lost ({exam.lost[cluster.number]}): not judged, and not counted"
            )
            continue
        if not runs:
            app.tell(f"the cluster of task {numbers} does not run; bringing it back with your work")
        try:
            with app.locks.hold(sandbox.name, places.PATIENCE):
                app.providers[cluster.provider].up(sandbox.name, sandbox.shape, app.tell)
        except LabsError as error:
            if exam.lost.get(cluster.number) != error.what:
                exam = app.exams.note(exam, "lost", cluster=cluster.number, why=error.what)
            app.tell(f"it cannot be brought back now, the next command tries again: {error.what}")
            continue
        exam = app.exams.note(exam, "found", cluster=cluster.number)
        if exam.stage is Stage.PAUSED:
            closing.lock_out(app, exam)
    return exam


def running(app: App) -> Exam:
    """The open exam, with its clock running; LabsError where it is not."""
    exam = attend(app)
    why = _not_running(app, exam)
    if why is not None:
        raise LabsError(why, _FIX[exam.stage])
    return exam


def open_task(app: App, number: int | None, step: int = 0) -> tuple[Exam, Task]:
    """Open a task, the one that is open, or ``step`` tasks further; time counts for it from now on."""
    exam = running(app)
    wanted = number if number is not None else exam.opened or (0 if step > 0 else 1)
    wanted += step
    if step and not 1 <= wanted <= len(exam.tasks):
        raise LabsError("that was the last task" if step > 0 else "that was the first task", "`labs exam tasks`", 2)
    task = find_task(exam, wanted)
    if exam.opened != task.number:
        exam = app.exams.note(exam, "opened", task=task.number, unless=lambda now: _not_running(app, now))
    return exam, task


def flag(app: App, number: int | None, *, on: bool | None) -> tuple[Exam, Task]:
    """Flag a task, or the one that is open, to come back to; ``on`` None changes it over."""
    exam = running(app)
    task = find_task(exam, number if number is not None else _opened(exam))
    wanted = task.number not in exam.flagged if on is None else on
    return app.exams.note(exam, "flagged", task=task.number, on=wanted), task


def take_note(app: App, number: int, text: str) -> Exam:
    """Keep a note about a task; an empty one removes it."""
    exam = running(app)
    task = find_task(exam, number)
    if len(text) > LONGEST_NOTE:
        raise LabsError(f"a note has at most {LONGEST_NOTE} characters", "Write a shorter one.", 2)
    return app.exams.note(exam, "noted", task=task.number, text=text)


def pause(app: App) -> Exam:
    """Stop the clock, for practice: access is taken away meanwhile, and the result shows it."""
    exam = running(app)
    exam = app.exams.note(exam, "paused", unless=lambda now: _not_running(app, now))
    closing.lock_out(app, exam)
    return exam


def resume(app: App) -> Exam:
    """Let the clock go on where it was stopped."""
    exam = attend(app)
    if exam.stage is not Stage.PAUSED:
        raise LabsError(f"the clock of {exam.title} is not stopped", "`labs exam status` shows how it stands.", 2)
    closing.let_in(app, exam)
    deadline = app.exams.now() + exam.left(app.exams.now())
    return app.exams.note(exam, "resumed", deadline=deadline)


def submit(app: App) -> Exam:
    """Hand in: access is taken away, everything is graded, the result is there afterwards."""
    exam = app.exams.current()
    if exam.deadline is None:
        raise LabsError(f"{exam.title} has not begun", "`labs exam start` goes on preparing it.")
    if exam.stage in (Stage.RUNNING, Stage.PAUSED) and not exam.over(app.exams.now()):
        exam = app.exams.note(exam, "submitted")
    return grading.finish(app, exam)


def abandon(app: App) -> Exam:
    """Give the open exam up: no result; its sandboxes go to the next lab."""
    try:
        exam = app.exams.current()
    except LabsError:
        if not app.exams.set_aside():
            raise
        places.release_strays(app)
        return Exam("", app.exams.folder, title="An exam whose journal was damaged")
    exam = app.exams.note(exam, "abandoned")
    proctor.dismiss(exam)
    closing.let_in(app, exam)
    places.release(app, exam)
    return exam


def find_task(exam: Exam, number: int) -> Task:
    """The task of that number; LabsError if there is none."""
    try:
        return exam.task(number)
    except KeyError:
        raise LabsError(f"there is no task {number}", f"The tasks are 1 to {len(exam.tasks)}.", 2) from None


def _opened(exam: Exam) -> int:
    if exam.opened is None:
        raise LabsError("no task is open", "`labs exam task N` opens one.", 2)
    return exam.opened


def _not_running(app: App, exam: Exam) -> str | None:
    match exam.stage:
        case Stage.RUNNING if not exam.over(app.exams.now()):
            return None
        case Stage.PREPARING:
            return f"{exam.title} has not begun"
        case Stage.PAUSED:
            return f"the clock of {exam.title} is stopped"
        case Stage.ABANDONED:
            return f"{exam.title} was given up"
    return f"the time of {exam.title} is over"


_FIX = {
    Stage.PREPARING: "`labs exam start` goes on preparing it.",
    Stage.RUNNING: "`labs exam result` shows the result as soon as it is graded.",
    Stage.PAUSED: "`labs exam resume` lets it go on.",
    Stage.CLOSING: "`labs exam result` shows the result as soon as it is graded.",
    Stage.ENDED: "`labs exam result` shows the result.",
    Stage.ABANDONED: "`labs exam start` begins another one.",
}
