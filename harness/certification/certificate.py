"""What was shown of a lab, step by step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One thing that was to be shown. ``problems`` is empty when it was; ``shown`` counts what was tried."""

    name: str
    seconds: float
    shown: int
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it was shown."""
        return not self.problems


@dataclass(frozen=True)
class Certificate:
    """All steps of one lab on one provider, in order. ``memory`` is the sandbox's, resident, in bytes.

    ``mutants`` are those judged, ``caught`` those that did not get full marks; ``grades`` were given again, and
    ``same`` of them were the same as before.
    """

    slug: str
    provider: str
    points: int
    steps: tuple[Step, ...]
    mutants: int = 0
    caught: int = 0
    grades: int = 0
    same: int = 0
    memory: int = 0

    @property
    def ok(self) -> bool:
        """Whether everything was shown."""
        return all(step.ok for step in self.steps)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return sum(step.seconds for step in self.steps)
