"""Making all clusters of an exam ready, side by side, before its clock starts; resumable after any interruption."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from harness.exams import laying, places
from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.app import App
    from harness.exams.exam import Cluster, Exam

AT_ONCE = 3  # clusters that are prepared side by side


def prepare(app: App, exam: Exam) -> Exam:
    """Prepare what is not ready yet; LabsError names what failed, and what is ready stays so."""
    app.preload()
    waiting = [cluster for cluster in exam.clusters if not _still_ready(app, exam, cluster)]
    for cluster in waiting:
        for task in exam.on(cluster.number):
            _ = app.catalog.get(task.lab).checks  # mistakes in labs come before anything is done
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(_prepare, app, exam, cluster) for cluster in waiting]
    errors = [error for error in (each.exception() for each in running) if error is not None]
    for error in errors:
        if not isinstance(error, LabsError):
            raise error
    if errors:
        first = errors[0]
        assert isinstance(first, LabsError)  # noqa: S101 - shown above
        fix = f"{first.fix} `labs exam start` goes on, `labs exam abandon` gives the exam up."
        raise LabsError(first.what, fix, first.code) from first
    return app.exams.read(exam.id)


def _still_ready(app: App, exam: Exam, cluster: Cluster) -> bool:
    """Whether the cluster was made ready and is there; one that died meanwhile is started again."""
    sandbox = places.find(app, exam, cluster.number) if cluster.number in exam.ready else None
    if sandbox is None:
        return False
    with app.locks.hold(sandbox.name, places.PATIENCE):
        app.providers[cluster.provider].up(sandbox.name, cluster.shape, app.tell)
    return True


def _prepare(app: App, exam: Exam, cluster: Cluster) -> None:
    """Give the cluster the starts of its tasks, one after the other, and then judge each: nothing may pass."""
    began = time.monotonic()
    name = f"cluster {cluster.number} of {len(exam.clusters)}"
    with places.taken(app, exam, cluster) as (taken, used):
        owner = app.providers[cluster.provider]
        if used:
            owner.reset(taken)
        sandbox = places.find(app, exam, cluster.number) or taken  # one that was replaced has other nodes
        found = {}
        for task in exam.on(cluster.number):
            app.tell(f"{name}: task {task.number}")
            lab = app.catalog.get(task.lab)
            found[task.number] = laying.values(lab, task, sandbox)
            laying.lay(app, lab, task, sandbox, found[task.number])
        for task in exam.on(cluster.number):
            laying.confirm(app, app.catalog.get(task.lab), task, sandbox, found[task.number])
        app.exams.note(
            exam, "ready", cluster=cluster.number, vars={str(number): dict(each) for number, each in found.items()}
        )
    app.tell(f"{name}: ready after {time.monotonic() - began:.0f} s")
