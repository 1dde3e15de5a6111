"""One lab on its sandbox: begun, gone through and judged, as often as a proof asks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from harness.ending import end
from harness.node_scripts import has_scripts
from harness.rendering import render
from harness.solving import apply_way
from harness.starting import Started, reset, start
from harness.ways import Way, rendered_name
from harness.yaml_files import parse, read_text
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.checks import Check
    from grader.outcomes import Grade
    from harness.app import App
    from harness.lab import Lab
    from setup.checkpoint import Restorable


class Walk:
    """A lab's way from its start to a grade. ``begin`` comes first; ``end`` keeps the sandbox for the next lab.

    ``gone`` are the ways that were gone since the clean start, also those that were gone in part.
    """

    def __init__(self, app: App, lab: Lab, provider: str) -> None:
        self.app = app
        self.lab = lab
        self.provider = provider
        self._started: Started | None = None
        self._kept: dict[str, tuple[Restorable, tuple[Way, ...]]] = {}
        self.gone: tuple[Way, ...] = ()

    def begin(self, seed: int) -> Started:
        """Start the lab with the values that this seed draws; what was started before is ended."""
        self.end()
        self.gone = ()
        self._started = start(self.app, self.lab, self.provider, seed, lambda _: False)
        return self._started

    def end(self) -> None:
        """End the lab, if it was begun."""
        session = self.app.sessions.of(self.lab.slug)
        if session is not None:
            end(self.app, session)
        self._started = None
        self._kept.clear()

    @property
    def started(self) -> Started:
        """How it stands now; RuntimeError before the beginning."""
        if self._started is None:
            raise RuntimeError(f"{self.lab.slug} was not begun")
        return self._started

    def clean(self) -> Started:
        """The clean start again, with the same values."""
        self._started = reset(self.app, self.lab, self.started.session)
        self.gone = ()
        return self._started

    def go(self, way: Way, within: float | None = None, part: slice = slice(None)) -> float:
        """Do what ``part`` of a way's files say, at most ``within`` seconds; how many it took.

        What was done of this way just before is a part of it. LabsError where it stops.
        """
        began = time.monotonic()
        goes_on = self.gone and self.gone[-1].folder == way.folder
        self.gone = (*(self.gone[:-1] if goes_on else self.gone), way)
        apply_way(self.started.sandbox, self.lab, way, self.variables(), within, part)
        return time.monotonic() - began

    @property
    def pods_run(self) -> bool:
        """Whether the sandbox's nodes are real."""
        return "pods" in self.app.owner_of(self.started.session).capabilities

    def keep(self, name: str) -> None:
        """Keep the state of now under this name, where that can be had: what is done on nodes is not undone."""
        if has_scripts(self.lab):
            return
        now = self.started
        checkpoint = self.app.owner_of(now.session).checkpoint(now.sandbox, name)
        if checkpoint is not None:
            self._kept[name] = checkpoint, self.gone

    def back(self, name: str) -> bool:
        """Bring back what was kept under this name; False where nothing was, or something was still under way then."""
        kept = self._kept.pop(name, None)
        if kept is None:
            return False
        checkpoint, gone = kept
        try:
            checkpoint.restore()
        except LabsError:
            self.gone = self.gone or gone  # a part of it may be back: no clean start any more
            return False
        self._kept[name], self.gone = kept, gone
        return True

    def judge(self, checks: Sequence[Check] | None = None) -> Grade:
        """A grade by these checks, or by all."""
        now = self.started
        return self.app.judge(self.lab, self.lab.checks if checks is None else checks, now.sandbox, now.session)

    def variables(self) -> Mapping[str, Any]:
        """What templates are filled with now."""
        return self.app.variables(self.started.session, self.started.sandbox)

    def rendered(self, way: Way) -> dict[str, str]:
        """The texts of a way's files by their names, filled in."""
        return texts(way, self.variables())

    def manifests(self) -> list[dict[str, Any]]:
        """The objects that the start makes."""
        found = [
            parse(text, name) for name, text in self.rendered(Way(self.lab.folder / "start")).items() if _yaml(name)
        ]
        return [document for documents in found for document in documents]


def texts(way: Way, variables: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a way's files by their names, filled in with ``variables``."""

    def text(file: Path) -> str:
        content = read_text(file)
        return render(content, variables, str(file)) if file.suffix == ".j2" else content

    return {rendered_name(file): text(file) for file in way.files}


def _yaml(name: str) -> bool:
    return name.endswith(".yaml")
