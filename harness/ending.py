"""Ending sessions and sandboxes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from harness.session import Phase
from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.app import App
    from harness.session import Session

PATIENCE = 120.0  # seconds to wait for a start or reset that is under way


def end(app: App, session: Session) -> None:
    """End ``session`` and keep its sandbox warm for the next lab."""
    with app.locks.hold(session.sandbox, PATIENCE, lambda: app.tell(f"waiting for {session.sandbox}")):
        app.sessions.change(session, phase=Phase.ENDED)


def stop_sandbox(app: App, name: str) -> None:
    """Remove the sandbox ``name`` and everything in it; do nothing if there is none."""
    with app.locks.hold(name, PATIENCE, lambda: app.tell(f"waiting for {name}: another command is at work on it")):
        try:
            session = app.sessions.read(name)
            if session is not None:
                app.sessions.change(session, phase=Phase.STOPPING)
        except (LabsError, OSError):
            pass  # damaged, or the disk is full: it goes away now
        for provider in app.providers.values():
            provider.down(name)
        shutil.rmtree(app.sessions.folder / name, ignore_errors=True)


def spare_exams(app: App, name: str | None = None) -> None:
    """LabsError if the sandbox, or any where no name is given, belongs to an exam that is not over."""
    kept = [each for each in app.sessions.found() if each.phase is Phase.EXAM and name in (None, each.sandbox)]
    exam = app.exams.open() if kept else None
    if exam is not None and any(each.lab == exam.id for each in kept):
        raise LabsError(
            f"{exam.title} is {exam.stage} on {', '.join(each.sandbox for each in kept if each.lab == exam.id)}",
            "`labs exam submit` has it graded, `labs exam abandon` gives it up; then stop.",
            2,
        )


def stop_all(app: App) -> tuple[str, ...]:
    """Remove every sandbox, the half-made ones too; their names."""
    made = {sandbox.name for provider in app.providers.values() for sandbox in provider.sandboxes()}
    names = tuple(sorted(made | set(app.sessions.names())))
    for name in names:
        app.tell(f"stopping {name}")
        stop_sandbox(app, name)
    clean_up(app)
    return names


def clean_up(app: App) -> tuple[str, ...]:
    """Remove what crashed commands left that belongs to no sandbox; the names."""
    removed = [name for provider in app.providers.values() for name in provider.clean(app.tell)]
    app.locks.sweep()
    return tuple(removed)


def sandbox_named(app: App, text: str) -> str:
    """The sandbox that ``text`` means: its own name, or a lab that is open in it; LabsError otherwise."""
    if text in app.sessions.names():
        return text
    slug = app.catalog.slug(text)
    session = app.sessions.of(slug)
    if session is None:
        raise LabsError(f"{slug} is not started", "`labs status` shows what is.")
    return session.sandbox
