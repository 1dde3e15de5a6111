"""Bringing a lab's starting state about: start, start again, reset."""

from __future__ import annotations

import dataclasses
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.choosing import choose
from harness.claiming import claimed
from harness.confirming import untouched_problem
from harness.ending import end, stop_sandbox
from harness.logins import given
from harness.node_scripts import read_scripts, run_scripts
from harness.session import Phase, Session
from harness.shims import lay_out
from harness.start_files import lay_out_work, read_manifests
from harness.variables import draw
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.app import App
    from harness.lab import Lab
    from setup.providers import Provider
    from setup.sandbox import Sandbox

PATIENCE = 120.0  # seconds to wait for another command that is at work on the same lab or sandbox
SEEDS = 1_000_000


@dataclass(frozen=True)
class Started:
    """A lab that is ready to be worked on. ``fresh`` is False if it was open before and was left as it is.

    ``seconds`` are those of the whole, ``seconds_on_cluster`` those in which the cluster was brought to the start.
    """

    lab: Lab
    session: Session
    sandbox: Sandbox
    fresh: bool
    seconds: float
    seconds_on_cluster: float = 0.0


def start(app: App, lab: Lab, provider: str | None, seed: int | None, end_other: Callable[[Session], bool]) -> Started:
    """Start ``lab``, or go on with it if it is open. ``end_other`` is asked about the lab that is open now."""
    began = time.monotonic()
    _ = lab.spec  # mistakes in it come before anything is done
    with app.locks.hold(f"lab-{lab.slug}", PATIENCE, lambda: app.tell(f"another command is starting {lab.slug}")):
        session = app.sessions.of(lab.slug)
        if session is not None:
            resumed = _resume(app, lab, session, provider, seed)
            if resumed is not None:
                return dataclasses.replace(resumed, seconds=time.monotonic() - began)
        return dataclasses.replace(_begin(app, lab, provider, seed, end_other), seconds=time.monotonic() - began)


def prepare_spare(app: App, started: Started, wanted: bool | None) -> bool:
    """Begin to prepare a spare cluster of the lab's shape; whether one is there or under way.

    Without a word from the user (None) only where the lab's reset replaces its cluster, and memory allows it.
    """
    if wanted is False or (wanted is None and not started.lab.spec.replaces):
        return False
    return app.owner_of(started.session).spare(started.session.shape, force=wanted is True)


def reset(app: App, lab: Lab, session: Session) -> Started:
    """Give ``lab`` its clean start again, with the same variables. The candidate's work is gone afterwards."""
    began = time.monotonic()
    with app.locks.hold(session.sandbox, PATIENCE, lambda: app.tell(f"another command is at work on {lab.slug}")):
        now = app.sessions.read(session.sandbox)
        if now is None or now.id != session.id or now.phase is Phase.ENDED:
            raise LabsError(f"{lab.slug} is not started", f"`labs start {lab.slug}` starts it.")
        first = now.phase is Phase.STARTING
        phase = Phase.STARTING if first else Phase.RESETTING
        session = app.sessions.change(now, phase=phase, resets=now.resets + 1, last=None)
        ready = _prepare(app, lab, session, clean=True, confirm=first)
    return dataclasses.replace(ready, seconds=time.monotonic() - began)


def _resume(app: App, lab: Lab, session: Session, provider: str | None, seed: int | None) -> Started | None:
    """Go on with ``session``: left as it is, or what was interrupted done again; None if it has to begin anew."""
    sandbox = app.find_sandbox(session)
    differs = provider not in (None, session.provider) or seed not in (None, session.seed)
    if differs and session.phase in (Phase.OPEN, Phase.RESETTING):
        raise LabsError(
            f"{lab.slug} is open on {session.provider} with seed {session.seed}",
            f"`labs stop {lab.slug}` first, if its work may go.", 2,
        )  # fmt: skip
    if sandbox is None or differs or session.phase is Phase.STOPPING:
        stop_sandbox(app, session.sandbox)
        return None
    if session.phase is not Phase.OPEN:
        doing = "start" if session.phase is Phase.STARTING else "reset"
        app.tell(f"the {doing} of {lab.slug} was interrupted; doing it again")
        return reset(app, lab, session)
    with app.locks.hold(session.sandbox, PATIENCE):
        owner = app.owner_of(session)
        if not owner.alive(sandbox):
            app.tell(f"sandbox {sandbox.name} is not running; bringing it back with your work")
            sandbox = owner.up(sandbox.name, sandbox.shape, app.tell)
    return Started(lab, session, sandbox, fresh=False, seconds=0.0)


def _begin(app: App, lab: Lab, provider: str | None, seed: int | None, end_other: Callable[[Session], bool]) -> Started:
    chosen = choose(lab, app.providers, provider)
    others = [session for session in app.sessions.all() if session.phase in (Phase.OPEN, Phase.RESETTING)]
    if others and end_other(others[0]):
        end(app, others[0])
    with claimed(app, chosen, lab.spec.shape) as name:
        used = app.sessions.read(name) is not None
        sandbox = chosen.up(name, lab.spec.shape, app.tell)
        session = app.sessions.write(_new_session(lab, sandbox, secrets.randbelow(SEEDS) if seed is None else seed))
        try:
            return _prepare(app, lab, session, clean=used, confirm=True)
        except LabsError:
            app.sessions.change(session, phase=Phase.ENDED)  # nothing to go on with; the next start cleans up
            raise


def _new_session(lab: Lab, sandbox: Sandbox, seed: int) -> Session:
    own = {"work": str(sandbox.work), "lab": lab.slug} | given(sandbox)
    return Session(
        lab=lab.slug, sandbox=sandbox.name, provider=sandbox.provider, shape=sandbox.shape, seed=seed,
        started=time.time(), work=str(sandbox.work), vars=draw(lab.spec.variables, lab.slug, seed) | own,
    )  # fmt: skip


def _prepare(app: App, lab: Lab, session: Session, *, clean: bool, confirm: bool) -> Started:
    """Make the starting state in the session's sandbox, whose lock is held, and open the session."""
    app.preload()
    owner: Provider = app.owner_of(session)
    sandbox = app.find_sandbox(session)
    if sandbox is None or not owner.alive(sandbox):
        sandbox = owner.up(session.sandbox, session.shape, app.tell)
    read_manifests(lab, app.variables(session, sandbox))  # mistakes in it come before anything is done
    began = time.monotonic()
    if clean:
        owner.reset(sandbox)
        sandbox = app.sandbox_of(session)  # a cluster that was replaced has other nodes and another address
    if lab.spec.replaces:
        sandbox.worn.touch()
    variables = app.variables(session, sandbox)
    manifests = read_manifests(lab, variables)
    sandbox.work.mkdir(mode=0o700, exist_ok=True)
    lay_out(sandbox)
    lay_out_work(lab, sandbox.work, variables)
    app.apply(sandbox, manifests)
    run_scripts(sandbox, read_scripts(lab, variables))
    on_cluster = time.monotonic() - began
    if confirm:
        wrong = untouched_problem(lab, lambda checks: app.judge(lab, checks, sandbox, session))
        if wrong is not None:
            owner.reset(sandbox)
            raise wrong
    session = app.sessions.change(session, phase=Phase.OPEN)
    return Started(lab, session, sandbox, fresh=True, seconds=0.0, seconds_on_cluster=on_cluster)
