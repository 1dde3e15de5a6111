"""Beginning an exam: the paper, its clusters, and then the clock."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from harness.exams import places, proctor
from harness.exams.blueprint import find
from harness.exams.exam import Stage
from harness.exams.paper import write_paper
from harness.exams.preparing import prepare
from harness.exams.register import busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.app import App
    from harness.exams.exam import Exam

PATIENCE = 300.0  # seconds to wait for another command that prepares the same exam
SEEDS = 1_000_000


def start(
    app: App, blueprint: str, seed: int | None, minutes: float | None, begin: Callable[[Exam], None] = lambda _: None
) -> Exam:
    """Draw, prepare and begin an exam, or go on preparing the one that was interrupted.

    ``begin`` is called when everything is ready, before the clock starts; what it raises leaves the exam ready.
    LabsError if an exam is under way, or this machine cannot run it.
    """
    with app.locks.hold("exam-start", PATIENCE, lambda: app.tell("another command is preparing an exam")):
        exam = app.exams.open()
        if exam is not None and exam.stage is not Stage.PREPARING:
            raise busy(exam)
        if exam is None:
            exam = _draw(app, blueprint, seed, minutes)
        else:
            app.tell(f"going on preparing {exam.title} (seed {exam.seed})")
        for line in plan(exam):
            app.tell(line)
        exam = prepare(app, exam)
        begin(exam)
        exam = app.exams.note(exam, "started", deadline=app.exams.now() + exam.minutes * 60)
    proctor.ensure(app, exam)
    return exam


def plan(exam: Exam) -> list[str]:
    """What will be run, in words."""
    minutes = sum(task.minutes for task in exam.tasks)
    head = f"{exam.title}: {len(exam.tasks)} tasks, {exam.minutes:g} min (the tasks' own add up to {minutes})"
    lines = [f"{head}, pass mark {exam.pass_mark:g} %, seed {exam.seed}"]
    for cluster in exam.clusters:
        tasks = exam.on(cluster.number)
        together = "" if all(task.alone for task in tasks) else " (not to be reset one by one)"
        numbers = ", ".join(str(task.number) for task in tasks)
        lines.append(f"cluster {cluster.number}: {cluster.shape} on {cluster.provider}, task {numbers}{together}")
    return lines


def _draw(app: App, name: str, seed: int | None, minutes: float | None) -> Exam:
    blueprint = find(app.catalog.roots, name, app.catalog.curriculum)
    places.release_strays(app)
    length = minutes if minutes is not None else blueprint.minutes
    paper = write_paper(app, blueprint, secrets.randbelow(SEEDS) if seed is None else seed, blueprint.minutes)
    return app.exams.begin(
        name, title=blueprint.title, minutes=length, pass_mark=blueprint.pass_mark,
        shares=blueprint.weights(app.catalog.curriculum), **paper.facts(),
    )  # fmt: skip
