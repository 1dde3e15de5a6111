"""A place for certification: state folders beside the user's own, so that nobody's open lab is touched."""

from __future__ import annotations

import dataclasses
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.app import App, LateProviders
from harness.ending import stop_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "certification"


@contextmanager
def stage(app: App, workers: int) -> Iterator[tuple[Path, ...]]:
    """A state folder for each worker, whose sandboxes are gone afterwards; BusyError while another command is at it.

    What a killed run left is removed first.
    """
    with app.locks.hold(FOLDER):
        root = app.state / FOLDER
        _clear(app, root)
        try:
            yield tuple(root / str(number) for number in range(1, workers + 1))
        finally:
            _clear(app, root)


def _clear(app: App, root: Path) -> None:
    for folder in sorted(root.glob("*/")):
        quiet = dataclasses.replace(app, state=folder, providers=LateProviders(folder, app.cache), tell=lambda _: None)
        stop_all(quiet)
    shutil.rmtree(root, ignore_errors=True)
