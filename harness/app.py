"""What a command works with: built once, replaced whole in tests."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness import paths
from harness.catalog import Catalog
from harness.exams.register import Register
from harness.locks import Locks
from harness.session import Sessions
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from grader import K8s
    from grader.checks import Check
    from grader.outcomes import Grade
    from harness.lab import Lab
    from harness.session import Session
    from setup.providers import Provider
    from setup.sandbox import Sandbox
    from setup.state import Manifest

BUDGET = 30.0  # seconds within which a grade returns, whatever the cluster does


class LateProviders(Mapping[str, "Provider"]):
    """The providers of ``setup``, imported when the first is asked for: `labs task` does without."""

    def __init__(self, state: Path, cache: Path) -> None:
        self.state = state
        self.cache = cache
        self.made: Mapping[str, Provider] | None = None

    def _providers(self) -> Mapping[str, Provider]:
        if self.made is None:
            from setup.providers import providers  # noqa: PLC0415  (late: not every command needs it)

            self.made = providers(self.state, self.cache)
        return self.made

    def __getitem__(self, name: str) -> Provider:
        return self._providers()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._providers())

    def __len__(self) -> int:
        return len(self._providers())


def apply(sandbox: Sandbox, manifests: Sequence[Manifest]) -> None:
    """Make the objects of ``manifests`` and wait for them."""
    from setup import state  # noqa: PLC0415  (late: not every command needs it)

    state.apply(sandbox, manifests)


def preload() -> None:
    """Begin to load what ``apply`` and ``judge`` need."""
    from setup.api import preload  # noqa: PLC0415  (late: not every command needs it)

    preload()


def connect(sandbox: Sandbox, variables: Mapping[str, Any]) -> K8s:
    """The cluster as the checks see it, with the grader's login."""
    from grader import K8s  # noqa: PLC0415  (late: not every command needs it)

    return K8s.connect(sandbox.grader_kubeconfig, vars=variables, work=sandbox.work, nodes=dict(sandbox.nodes))


def revoke(sandbox: Sandbox) -> None:
    """Take the candidate's rights on the cluster away."""
    from setup import candidate  # noqa: PLC0415  (late: not every command needs it)

    candidate.revoke(sandbox)


def watch(folder: Path) -> None:
    """Start the process that watches over the exam in ``folder``; it outlives this one."""
    from setup.processes import spawn_detached  # noqa: PLC0415  (late: not every command needs it)

    spawn_detached("harness.exams.proctor", (str(folder),), folder / "proctor.log", ())


def tell(line: str) -> None:
    """Show progress: on stderr, because stdout belongs to the answer."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@dataclass(frozen=True)
class App:
    """The labs, the sandboxes and the sessions, and the two ways to a cluster.

    ``state`` and ``cache`` are the user's folders; ``apply`` makes a starting state, ``connect`` gives the
    checks their cluster, ``preload`` begins to load what these two need, ``tell`` shows progress; in exams,
    ``revoke`` ends the candidate's rights and ``watch`` starts the proctor.
    """

    catalog: Catalog
    state: Path
    cache: Path
    providers: Mapping[str, Provider]
    apply: Callable[[Sandbox, Sequence[Manifest]], None] = apply
    connect: Callable[[Sandbox, Mapping[str, Any]], K8s] = connect
    tell: Callable[[str], None] = tell
    preload: Callable[[], None] = preload
    revoke: Callable[[Sandbox], None] = revoke
    watch: Callable[[Path], None] = watch
    locks: Locks = field(init=False)
    sessions: Sessions = field(init=False)
    exams: Register = field(init=False)

    def __post_init__(self) -> None:
        """Make what follows from the folders."""
        object.__setattr__(self, "locks", Locks(self.state / "locks"))
        object.__setattr__(self, "sessions", Sessions(self.state / "sandboxes", self.locks))
        object.__setattr__(self, "exams", Register(self.state / "exams", self.locks))

    @classmethod
    def default(cls) -> App:
        """The one that the user's environment asks for."""
        state, cache = paths.state(), paths.cache()
        return cls(Catalog(paths.lab_roots()), state, cache, LateProviders(state, cache))

    def session_of(self, slug: str | None) -> Session:
        """The session of this lab, or the one that a command without LAB means; LabsError if it is not started."""
        if slug is None:
            return self.sessions.current()
        session = self.sessions.of(slug)
        if session is None:
            raise LabsError(f"{slug} is not started", f"`labs start {slug}` starts it.")
        return session

    def find_sandbox(self, session: Session) -> Sandbox | None:
        """The sandbox of ``session``; None if it is gone."""
        owner = self.providers.get(session.provider)
        made = owner.sandboxes() if owner is not None else ()
        return next((sandbox for sandbox in made if sandbox.name == session.sandbox), None)

    def sandbox_of(self, session: Session) -> Sandbox:
        """The sandbox of ``session``; LabsError if it is gone."""
        sandbox = self.find_sandbox(session)
        if sandbox is None:
            raise LabsError(
                f"the sandbox {session.sandbox} of {session.lab} is gone",
                f"`labs start {session.lab}` makes a new one.",
            )
        return sandbox

    def owner_of(self, session: Session) -> Provider:
        """The provider of the session's sandbox; LabsError if this version has no such provider."""
        owner = self.providers.get(session.provider)
        if owner is None:
            raise LabsError(
                f"{session.sandbox} was made by the provider {session.provider!r}, which is not there",
                f"`labs stop {session.sandbox}` forgets it.",
            )
        return owner

    def judge(self, lab: Lab, checks: Sequence[Check], sandbox: Sandbox, session: Session) -> Grade:
        """Judge these checks of ``lab`` on ``sandbox``, within BUDGET seconds."""
        return self.judge_with(lab, checks, sandbox, self.variables(session, sandbox))

    def judge_with(self, lab: Lab, checks: Sequence[Check], sandbox: Sandbox, variables: Mapping[str, Any]) -> Grade:
        """The same with these variables, for a lab that has no session of its own."""
        from grader.judging import judge  # noqa: PLC0415  (late: not every command needs it)

        return judge(lab.slug, checks, self.connect(sandbox, variables), budget=BUDGET)

    def variables(self, session: Session, sandbox: Sandbox | None) -> Mapping[str, Any]:
        """The session's variables, and the cluster's address, CA and nodes as they are now."""
        from harness.logins import given  # noqa: PLC0415  (late: not every command needs it)

        return {**session.vars, **(given(sandbox) if sandbox is not None else {})}

    def known_variables(self, session: Session) -> Mapping[str, Any]:
        """The same without asking the session's provider, so that `labs task` answers at once."""
        from setup.sandbox import Sandbox  # noqa: PLC0415  (late: not every command needs it)

        return self.variables(session, Sandbox.load(self.sessions.folder / session.sandbox))
