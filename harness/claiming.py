"""Finding a sandbox for a lab, so that two commands at once never take the same."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from itertools import count
from typing import TYPE_CHECKING

from harness.locks import BusyError
from harness.session import Phase
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.app import App
    from setup.providers import Provider

ABANDONED = (Phase.ENDED, Phase.STARTING, Phase.STOPPING)  # with its lock free: nobody has work in it


@contextmanager
def claimed(app: App, provider: Provider, shape: str) -> Iterator[str]:
    """Hold the lock of a sandbox's name: a warm free one's, else a cold free one's, else a new one's."""
    with ExitStack() as stack:
        yield next(name for name in _names(app, provider, shape) if _take(app, name, stack))


def is_free(app: App, name: str) -> bool:
    """Whether no lab is open in the sandbox. Only its lock's holder may rely on it."""
    try:
        session = app.sessions.read(name)
    except LabsError:
        return False  # its file is damaged: whatever is in there, it is kept
    return session is None or session.phase in ABANDONED


def _names(app: App, provider: Provider, shape: str) -> Iterator[str]:
    known = [sandbox for other in app.providers.values() for sandbox in other.sandboxes()]
    fitting = [s for s in known if s.provider == provider.name and s.shape == shape and is_free(app, s.name)]
    yield from (s.name for s in sorted(fitting, key=lambda s: not provider.alive(s)))
    taken = {sandbox.name for sandbox in known}
    yield from (name for name in (f"{shape}-{n}" for n in count(1)) if name not in taken)


def _take(app: App, name: str, stack: ExitStack) -> bool:
    try:
        with ExitStack() as attempt:
            attempt.enter_context(app.locks.hold(name))
            if not is_free(app, name):
                return False
            stack.push(attempt.pop_all())
            return True
    except BusyError:
        return False
