"""Where an exam's tasks are: the sandbox of each cluster, and each task's own view of it."""

from __future__ import annotations

import dataclasses
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from harness.claiming import claimed
from harness.logins import given
from harness.session import Phase, Session
from setup import candidate
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from harness.app import App
    from harness.exams.exam import Cluster, Exam, Task
    from setup.sandbox import Sandbox

PATIENCE = 120.0  # seconds to wait for another command that is at work on the same sandbox


def session_of(app: App, exam: Exam, cluster: int) -> Session | None:
    """The session that keeps a sandbox for this cluster of the exam; None where there is none yet."""
    return next((each for each in sessions(app, exam) if each.vars.get("cluster") == cluster), None)


def sessions(app: App, exam: Exam) -> tuple[Session, ...]:
    """The sessions of all sandboxes that the exam keeps."""
    return tuple(each for each in app.sessions.found() if each.phase is Phase.EXAM and each.lab == exam.id)


def find(app: App, exam: Exam, cluster: int) -> Sandbox | None:
    """The sandbox of a cluster; None if it is gone."""
    session = session_of(app, exam, cluster)
    return app.find_sandbox(session) if session is not None else None


def fallen(app: App, exam: Exam) -> Iterator[tuple[Cluster, Sandbox | None, bool]]:
    """The clusters that do not run, or were given up: each with its sandbox, None if it is gone, and whether it runs.

    One that was given up may run again by itself, as when Docker was away for a while.
    """
    for cluster in exam.clusters:
        sandbox = find(app, exam, cluster.number)
        runs = sandbox is not None and app.providers[cluster.provider].alive(sandbox)
        if not runs or cluster.number in exam.lost:
            yield cluster, sandbox, runs


def need(app: App, exam: Exam, task: Task) -> Sandbox:
    """The task's own view of its sandbox; LabsError if that is gone."""
    sandbox = find(app, exam, task.cluster)
    if sandbox is None:
        raise LabsError(
            f"the cluster of task {task.number} is gone",
            "`labs exam status` shows what is left; the other tasks go on.",
        )
    return view(sandbox, task)


def view(sandbox: Sandbox, task: Task) -> Sandbox:
    """The sandbox with the task's own work folder."""
    return dataclasses.replace(sandbox, own_work=sandbox.directory / "work" / task.host)


def seen_after(sandbox: Sandbox, folder: Path) -> Sandbox:
    """The sandbox with the work as it was when the candidate's access was taken away, kept in ``folder``."""
    return dataclasses.replace(sandbox, own_work=folder)


def variables(exam: Exam, task: Task, sandbox: Sandbox) -> Mapping[str, Any]:
    """The task's variables, with the cluster's address, CA and nodes as they are now."""
    return {**exam.vars[task.number], **given(sandbox)}


@contextmanager
def taken(app: App, exam: Exam, cluster: Cluster) -> Iterator[tuple[Sandbox, bool]]:
    """Hold the cluster's sandbox, a new one where it has none, and whether it may have been worked on before."""
    provider = app.providers[cluster.provider]
    session = session_of(app, exam, cluster.number)
    if session is not None:
        with app.locks.hold(session.sandbox, PATIENCE):
            yield provider.up(session.sandbox, cluster.shape, app.tell), True
        return
    with claimed(app, provider, cluster.shape) as name:
        used = app.sessions.read(name) is not None
        sandbox = provider.up(name, cluster.shape, app.tell)
        app.sessions.write(_session(exam, cluster, sandbox))
        yield sandbox, used


def release(app: App, exam: Exam) -> None:
    """Give the exam's sandboxes back: they stay warm for the next lab, which cleans them."""
    for session in sessions(app, exam):
        sandbox = app.find_sandbox(session)
        if sandbox is not None:
            candidate.forget(sandbox)
        app.sessions.change(session, phase=Phase.ENDED)


def release_strays(app: App) -> None:
    """Give back the sandboxes of exams that are over or gone, which a killed command kept."""
    open_ = app.exams.open()
    for session in app.sessions.found():
        if session.phase is Phase.EXAM and (open_ is None or session.lab != open_.id):
            app.sessions.change(session, phase=Phase.ENDED)


def _session(exam: Exam, cluster: Cluster, sandbox: Sandbox) -> Session:
    return Session(
        lab=exam.id, sandbox=sandbox.name, provider=sandbox.provider, shape=sandbox.shape, seed=exam.seed,
        started=time.time(), work=str(sandbox.work), vars={"cluster": cluster.number}, phase=Phase.EXAM,
    )  # fmt: skip
