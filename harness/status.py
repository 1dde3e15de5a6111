"""The sandboxes there are, and the labs in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.session import Phase
from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.app import App
    from harness.session import Session
    from setup.sandbox import Sandbox


@dataclass(frozen=True)
class Row:
    """One sandbox: ``memory`` in bytes, ``started`` in seconds since the epoch, the last grade's points."""

    sandbox: str
    provider: str
    shape: str
    version: str
    running: bool
    memory: int
    lab: str | None
    phase: Phase | None
    started: float | None
    hints: int
    points: int | None
    possible: int | None


@dataclass(frozen=True)
class Status:
    """All sandboxes, and what is wrong with state files that cannot be read."""

    rows: tuple[Row, ...]
    damaged: tuple[str, ...]


def survey(app: App) -> Status:
    """Look at every sandbox; a half-made one shows as not running and without a version."""
    made = [sandbox for provider in app.providers.values() for sandbox in provider.sandboxes()]
    rows = [_row(app, sandbox) for sandbox in sorted(made, key=lambda sandbox: sandbox.name)]
    half = sorted(set(app.sessions.names()) - {sandbox.name for sandbox in made})
    rows += [Row(name, "", "", "", False, 0, None, None, None, 0, None, None) for name in half]
    return Status(tuple(rows), tuple(error.what for error in app.sessions.damaged()))


def _row(app: App, sandbox: Sandbox) -> Row:
    session = _session(app, sandbox.name)
    last = (session.last or {}) if session is not None else {}
    owner = app.providers[sandbox.provider]
    return Row(
        sandbox.name, sandbox.provider, sandbox.shape, sandbox.version,
        owner.alive(sandbox), owner.memory(sandbox),
        lab=None if session is None else session.lab,
        phase=None if session is None else session.phase,
        started=None if session is None else session.started,
        hints=0 if session is None else session.hints,
        points=last.get("points"), possible=last.get("possible"),
    )  # fmt: skip


def _session(app: App, name: str) -> Session | None:
    try:
        session = app.sessions.read(name)
    except LabsError:
        return None
    return None if session is None or session.phase is Phase.ENDED else session
