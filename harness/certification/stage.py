"""A place for certification: a state folder beside the user's own, so that nobody's open lab is touched."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.app import App, LateProviders
from harness.ending import stop_all

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "certification"


@contextmanager
def stage(app: App) -> Iterator[App]:
    """The same labs on sandboxes of their own, which are gone afterwards; BusyError while another command is at it.

    What a killed run left is removed first.
    """
    with app.locks.hold(FOLDER):
        state = app.state / FOLDER
        apart = dataclasses.replace(app, state=state, providers=LateProviders(state, app.cache))
        stop_all(apart)
        try:
            yield apart
        finally:
            stop_all(apart)
