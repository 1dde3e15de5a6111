"""A lab that was started in a sandbox, and the file that remembers it."""

from __future__ import annotations

import dataclasses
import os
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from harness import store
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.locks import Locks

IN_EXAM = "LABS_EXAM"  # set by `labs exam shell`: the exam that is sat there
IN_SHELL = "LABS_SANDBOX"  # set by `labs shell` and `labs env`: the sandbox whose lab is meant


class Phase(StrEnum):
    """What is being done to a session; written before it is done, so that the next command can finish or undo it."""

    STARTING = "starting"
    OPEN = "open"
    RESETTING = "resetting"
    STOPPING = "stopping"
    ENDED = "ended"  # the sandbox runs, holds old work and may be claimed
    EXAM = "exam"  # the sandbox belongs to an exam, whose journal tells the rest; ``lab`` is the exam's name


@dataclass(frozen=True)
class Session:
    """One start of one lab. ``started`` is in seconds since the epoch; ``last`` is the last grade's document."""

    lab: str
    sandbox: str
    provider: str
    shape: str
    seed: int
    started: float
    work: str
    vars: Mapping[str, Any]
    phase: Phase = Phase.STARTING
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    hints: int = 0
    resets: int = 0
    solution_seen: bool = False
    last: Mapping[str, Any] | None = None

    def same_start(self, other: Session | None) -> bool:
        """Whether ``other`` is this session and was not reset since."""
        return other is not None and (other.id, other.resets, other.phase) == (self.id, self.resets, self.phase)


KINDS: Mapping[str, tuple[type, ...]] = {
    "lab": (str,),
    "sandbox": (str,),
    "provider": (str,),
    "shape": (str,),
    "seed": (int,),
    "started": (int, float),
    "work": (str,),
    "vars": (dict,),
    "phase": (str,),
    "id": (str,),
    "hints": (int,),
    "resets": (int,),
    "solution_seen": (bool,),
    "last": (dict, type(None)),
}


def from_document(path: Path, document: Mapping[str, Any]) -> Session:
    """The session that ``document``, read from ``path``, describes; LabsError if it does not. Unknown keys are left."""
    wrong = [key for key, kinds in KINDS.items() if not isinstance(document.get(key), kinds)]
    if wrong:
        raise store.damaged(path, f"{', '.join(wrong)} missing or of the wrong kind")
    if document["phase"] not in tuple(Phase):
        raise store.damaged(path, f"it knows a phase that we do not: {document['phase']!r}")
    return Session(**{key: document[key] for key in KINDS} | {"phase": Phase(document["phase"])})


class Sessions:
    """The session files, one in each sandbox's folder. Reading takes no lock; writing takes a short one."""

    def __init__(self, folder: Path, locks: Locks) -> None:
        self.folder = folder
        self.locks = locks

    def path(self, sandbox: str) -> Path:
        """Where the session of ``sandbox`` is kept."""
        return self.folder / sandbox / "session.json"

    def read(self, sandbox: str) -> Session | None:
        """The session of ``sandbox``, None if it never had one; LabsError if its file is damaged."""
        path = self.path(sandbox)
        document = store.read_json(path)
        return None if document is None else from_document(path, document)

    def write(self, session: Session) -> Session:
        """Keep ``session`` as its sandbox's only one."""
        with self._writing(session.sandbox):
            store.write_json(self.path(session.sandbox), dataclasses.asdict(session))
        return session

    def change(self, session: Session, **changes: Any) -> Session:
        """Write ``changes`` over the session as it is now on disk, so that two commands do not undo each other.

        LabsError if the sandbox holds another session by now.
        """
        with self._writing(session.sandbox):
            now = self.read(session.sandbox)
            if now is None or now.id != session.id:
                raise LabsError(
                    f"{session.lab} was ended by another command", f"`labs start {session.lab}` starts it again."
                )
            changed = dataclasses.replace(now, **changes)
            store.write_json(self.path(session.sandbox), dataclasses.asdict(changed))
        return changed

    def remove(self, sandbox: str) -> None:
        """Forget the session of ``sandbox``."""
        self.path(sandbox).unlink(missing_ok=True)

    def all(self) -> tuple[Session, ...]:
        """Every session of a lab that was not ended, the one started last first; damaged files are left out."""
        live = [session for session in self.found() if session.phase not in (Phase.ENDED, Phase.EXAM)]
        return tuple(sorted(live, key=lambda session: session.started, reverse=True))

    def found(self) -> tuple[Session, ...]:
        """Every session, whatever its phase; damaged files are left out."""
        return tuple(session for session in map(self._readable, self.names()) if session is not None)

    def names(self) -> tuple[str, ...]:
        """The sandboxes that have a folder."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(entry.name for entry in self.folder.iterdir() if entry.is_dir()))

    def damaged(self) -> tuple[LabsError, ...]:
        """What is wrong with the files that cannot be read."""
        errors = []
        for name in self.names():
            try:
                self.read(name)
            except LabsError as error:
                errors.append(error)
        return tuple(errors)

    def of(self, lab: str) -> Session | None:
        """The session of the lab with this slug; None if it is not started."""
        return next((session for session in self.all() if session.lab == lab), None)

    def current(self) -> Session:
        """The session that a command without LAB means; LabsError if no lab is started.

        In `labs shell` it is the sandbox's; elsewhere the one that was started last. A shell of an exam has none.
        """
        if os.environ.get(IN_EXAM):
            raise LabsError(
                "this is the shell of an exam", "`labs exam status` and `labs exam task` show how it stands."
            )
        sessions = self.all()
        here = os.environ.get(IN_SHELL)
        for session in sessions:
            if session.sandbox == here:
                return session
        if sessions:
            return sessions[0]
        raise next(iter(self.damaged()), None) or LabsError(
            "no lab is started", "`labs list` shows the labs, `labs start LAB` starts one."
        )

    def _readable(self, sandbox: str) -> Session | None:
        try:
            return self.read(sandbox)
        except LabsError:
            return None

    def _writing(self, sandbox: str) -> Any:
        return self.locks.hold(f"{sandbox}.session", wait=10.0)
