"""What makes sandboxes: one small interface and a table of names, the cheapest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from setup.checkpoint import Restorable
    from setup.errors import LabsError
    from setup.parts import Part
    from setup.progress import Tell
    from setup.providers.load import Load
    from setup.sandbox import Sandbox


class Provider(Protocol):
    """Makes sandboxes of one kind. Add yours to ``PROVIDERS``."""

    name: str
    capabilities: frozenset[str]
    shapes: tuple[str, ...]

    def missing(self) -> str | None:
        """Why this provider cannot be used here, or None."""

    def obstacles(self) -> tuple[LabsError, ...]:
        """What stands against one more sandbox of the usual shape on this machine now, each with what mends it."""

    def up(self, name: str, shape: str, tell: Tell) -> Sandbox:
        """Bring up a sandbox of this shape; keep a running one, revive a stopped one with the work in it."""

    def down(self, name: str) -> None:
        """Remove the sandbox and all its files; do nothing if there is none."""

    def sandboxes(self) -> tuple[Sandbox, ...]:
        """All finished sandboxes of this provider, running or not."""

    def alive(self, sandbox: Sandbox) -> bool:
        """Whether the sandbox runs."""

    def memory(self, sandbox: Sandbox) -> int:
        """The resident memory, in bytes, of all that the sandbox runs."""

    def reset(self, sandbox: Sandbox) -> None:
        """Bring the sandbox back to its baseline, verified; the candidate's kubeconfig and work folder too."""

    def reset_part(self, sandbox: Sandbox, part: Part) -> None:
        """Bring only what ``part`` says back to its baseline, verified; logins and work folders stay."""

    def checkpoint(self, sandbox: Sandbox, name: str) -> Restorable | None:
        """Keep the state of now, to be restored any number of times; None where that cannot be had."""

    def load(self, shapes: Sequence[str]) -> Load:
        """What clusters of all these shapes take, with nothing on them."""

    def crowded(self, shapes: Sequence[str], beside: Load) -> str | None:
        """Why clusters of all these shapes cannot be had at once, beside what runs and ``beside``, or None."""

    def spare(self, shape: str, *, force: bool = False) -> bool:
        """Begin to prepare one more cluster of this shape in the background, where that is worth it and memory allows
        (with ``force`` where it has to be); whether one is there or under way.
        """

    def clean(self, tell: Tell) -> tuple[str, ...]:
        """Remove what crashed commands left that belongs to no sandbox, and only what is ours; the names."""

    def prefetch(self, tell: Tell) -> None:
        """Get everything that ``up`` needs, so that it works with no network."""


def _embedded(state: Path, cache: Path) -> Provider:
    from setup.providers.embedded.provider import Embedded  # `labs list` does not need it

    return Embedded(state, cache)


def _kind(state: Path, cache: Path) -> Provider:
    from setup.providers.kind.provider import Kind

    return Kind(state, cache)


PROVIDERS: Mapping[str, Callable[[Path, Path], Provider]] = {"embedded": _embedded, "kind": _kind}


def providers(state: Path, cache: Path) -> Mapping[str, Provider]:
    """All providers by name, the cheapest first; ``state`` and ``cache`` are this program's folders."""
    return {name: make(state, cache) for name, make in PROVIDERS.items()}
