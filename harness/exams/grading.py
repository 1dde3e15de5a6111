"""The end of an exam: access is taken away, all tasks are judged side by side, the result is written."""

from __future__ import annotations

import os
import shutil
import time
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from harness import store
from harness.exams import closing, places, resetting
from harness.exams.history import RESULT
from harness.exams.result import make_result
from harness.locks import BusyError
from harness.output.documents import grade_document
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.app import App
    from harness.exams.exam import Exam, Task
    from setup.sandbox import Sandbox

AT_ONCE = 8  # tasks on simulated nodes that are judged side by side
REAL_AT_ONCE = max(2, os.cpu_count() or 2)  # the same on real nodes; what is asked for again has them to itself
PAUSES = (1.0, 3.0, 6.0)  # seconds before what is broken is asked for again
PATIENCE = 180.0  # seconds to wait for another command that grades the same exam


def finish(app: App, exam: Exam, *, wait: float = PATIENCE) -> Exam:
    """Bring the exam to its result, from wherever it stands; does nothing where it is over.

    One command at a time does it; a killed one's work is gone on with. BusyError after ``wait`` seconds.
    """
    with app.locks.hold(f"finish-{exam.id}", wait, lambda: app.tell("the exam is being graded")):
        exam = app.exams.read(exam.id)
        if not exam.open:
            return exam
        app.preload()
        if exam.closed is None:
            with suppress(LabsError):  # what cannot be finished is judged as it is
                exam = resetting.finish_interrupted(app, exam)
            exam = closing.close(app, exam)
        exam = _bring_back(app, exam)
        exam = _grade(app, exam)
        store.write_json(exam.folder / RESULT, make_result(app, exam, app.exams.now()))
        exam = app.exams.note(exam, "ended")
        places.release(app, exam)
        shutil.rmtree(exam.folder / closing.WORK, ignore_errors=True)  # keys and logins that nobody needs any longer
        return exam


def _bring_back(app: App, exam: Exam) -> Exam:
    """Start clusters that died, for grading only; the tasks of those that cannot be brought back are not judged."""
    for cluster, sandbox, _ in places.fallen(app, exam):
        if sandbox is None:
            if cluster.number not in exam.lost:
                exam = app.exams.note(exam, "lost", cluster=cluster.number, why="its sandbox is gone")
            continue
        try:
            app.providers[cluster.provider].up(sandbox.name, sandbox.shape, app.tell)
        except LabsError as error:
            exam = app.exams.note(exam, "lost", cluster=cluster.number, why=error.what)
            continue
        if cluster.number in exam.lost:
            exam = app.exams.note(exam, "found", cluster=cluster.number)
        closing.lock_out(app, exam)  # a login may have been written anew
        with suppress(LabsError):
            app.revoke(sandbox)
    return exam


def _grade(app: App, exam: Exam) -> Exam:
    """Judge all tasks; what is broken is asked for again, when the rest is done, before it is left so."""
    waiting = [task for task in exam.tasks if task.number not in exam.grades]
    broken: dict[Task, dict[str, Any]] = {}
    app.tell(f"grading {len(waiting)} tasks")
    for pause in (0.0, *PAUSES):
        time.sleep(pause)
        for task, document in _side_by_side(app, exam, waiting, 1 if pause else REAL_AT_ONCE):
            if document["trustworthy"] or task.cluster in exam.lost:
                exam = app.exams.note(exam, "graded", task=task.number, grade=document)
                broken.pop(task, None)
            else:
                broken[task] = document
        waiting = list(broken)
        if not waiting:
            break
    for task, document in broken.items():
        exam = app.exams.note(exam, "graded", task=task.number, grade=document)
    return exam


def _side_by_side(
    app: App, exam: Exam, tasks: Sequence[Task], real_at_once: int
) -> Iterator[tuple[Task, dict[str, Any]]]:
    """The tasks' grades as they come. Judges of real Pods make Pods of their own: few at once, or none would answer."""
    real = {each.number for each in exam.clusters if "pods" in app.providers[each.provider].capabilities}
    with ThreadPoolExecutor(AT_ONCE) as many, ThreadPoolExecutor(real_at_once) as few:
        running = {(few if task.cluster in real else many).submit(_try, app, exam, task): task for task in tasks}
        for judged in as_completed(running):
            yield running[judged], judged.result()


def _try(app: App, exam: Exam, task: Task) -> dict[str, Any]:
    """The task's grade as a document; whatever fails in it costs neither its points nor the result of the others."""
    sandbox = places.find(app, exam, task.cluster)
    if sandbox is None or task.cluster in exam.lost:
        return _unjudged(task, exam.lost.get(task.cluster, "its cluster is gone"))
    try:
        return _judge(app, exam, task, sandbox)
    except LabsError as error:
        return _unjudged(task, error.what)
    except Exception as error:
        app.tell("".join(traceback.format_exception(error)))
        return _unjudged(task, f"the grader failed: {type(error).__name__}: {error}")


def _judge(app: App, exam: Exam, task: Task, sandbox: Sandbox) -> dict[str, Any]:
    lab = app.catalog.get(task.lab)
    place = places.seen_after(sandbox, closing.kept(exam, task.host))
    document = grade_document(app.judge_with(lab, lab.checks, place, places.variables(exam, task, sandbox)))
    for check in document["checks"]:  # the copy that was judged is nothing that the candidate knows
        for text in ("why", "see"):
            check[text] = check[text].replace(str(place.work), str(places.view(sandbox, task).work))
    return document


def _unjudged(task: Task, why: str) -> dict[str, Any]:
    return {
        "lab": task.lab,
        "points": 0,
        "possible": 0,
        "trustworthy": False,
        "seconds": 0.0,
        "checks": [],
        "lost": why,
    }


def settle(app: App, exam: Exam) -> Exam:
    """Finish the exam where its time is over; another command that is at it is left alone."""
    if exam.over(app.exams.now()):
        with suppress(BusyError):
            return finish(app, exam, wait=0.0)
    return exam
