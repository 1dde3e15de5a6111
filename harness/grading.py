"""Judging what the candidate did."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.output.documents import grade_document
from harness.session import Phase
from setup.errors import LabsError

if TYPE_CHECKING:
    from grader.outcomes import Grade
    from harness.app import App
    from harness.lab import Lab
    from harness.session import Session

PATIENCE = 30.0  # seconds to wait for a start or reset that is under way


@dataclass(frozen=True)
class Graded:
    """A grade, and what the candidate should know about the sandbox it was taken from."""

    grade: Grade
    note: str = ""


def grade(app: App, lab: Lab, session: Session) -> Graded:
    """Judge ``lab`` as it is now and remember the grade; LabsError if it was not, or not wholly, started."""
    session = settled(app, session)
    sandbox = app.sandbox_of(session)
    result = app.judge(lab, lab.checks, sandbox, session)
    if not session.same_start(app.sessions.read(session.sandbox)):
        raise LabsError(f"{lab.slug} was reset or ended while it was judged", "`labs grade` judges it again.")
    try:
        app.sessions.change(session, last=grade_document(result) | {"at": time.time()})
    except OSError as error:
        return Graded(result, f"This grade could not be remembered: {error.strerror}.")
    if result.trustworthy:
        return Graded(result)
    if not app.owner_of(session).alive(sandbox):
        return Graded(result, f"The sandbox is not running: `labs start {lab.slug}` brings it back with your work.")
    return Graded(result, "The cluster or the grader failed, not you: `labs grade` asks again.")


def settled(app: App, session: Session) -> Session:
    """The session once nothing is being done to it; LabsError if that was interrupted or takes too long."""
    if session.phase is Phase.OPEN:
        return session
    deadline = time.monotonic() + PATIENCE
    if app.locks.held(session.sandbox):
        app.tell(f"waiting: another command is at work on {session.lab} ({session.phase})")
    while app.locks.held(session.sandbox) and time.monotonic() < deadline:
        time.sleep(0.1)
    now = app.sessions.read(session.sandbox)
    if now is not None and now.id == session.id and now.phase is Phase.OPEN:
        return now
    if app.locks.held(session.sandbox):
        raise LabsError(f"another command is still at work on {session.lab}", "Wait until it has ended.")
    doing = {Phase.STARTING: "start", Phase.RESETTING: "reset"}.get(session.phase, "end")
    word = "reset" if doing == "reset" else "start"
    raise LabsError(f"the {doing} of {session.lab} was interrupted", f"`labs {word} {session.lab}` does it again.")
