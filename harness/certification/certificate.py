"""What was shown of a lab, step by step."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Finding:
    """A check that did not end as it had to: how it had to end, how it did, and why, in the grader's words."""

    check: str
    expected: str
    outcome: str
    why: str = ""
    see: str = ""


@dataclass(frozen=True)
class Problem:
    """What was not shown: one sentence, the checks that tell, and the folder with the cluster's objects, if kept.

    ``objects`` is relative to the report's folder.
    """

    sentence: str
    findings: tuple[Finding, ...] = ()
    objects: str = ""


@dataclass(frozen=True)
class Step:
    """One thing that was to be shown. ``problems`` is empty when it was; ``shown`` counts what was tried."""

    name: str
    seconds: float
    shown: int
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it was shown."""
        return not self.problems


@dataclass(frozen=True)
class Counts:
    """Mutants judged, of them ``caught``, or listed as ``equal``; grades given again, of them the ``same``."""

    mutants: int = 0
    caught: int = 0
    equal: int = 0
    grades: int = 0
    same: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        mine, its = dataclasses.astuple(self), dataclasses.astuple(other)
        return Counts(*(one + two for one, two in zip(mine, its, strict=True)))

    @property
    def score(self) -> float | None:
        """The share of mutants caught, of those that are not equally right; None when there were none."""
        faulty = self.mutants - self.equal
        return self.caught / faulty if faulty else None

    @property
    def stability(self) -> float | None:
        """The share of grades that were the same when asked again; None when none was."""
        return self.same / self.grades if self.grades else None


@dataclass(frozen=True)
class Certificate:
    """All steps of one lab on one provider, in order.

    ``obstacle`` says why the lab cannot run here; then there are no steps. ``start`` (on
    a cluster that is there), ``grade`` and ``reset`` are seconds, ``memory`` is the sandbox's, resident, in bytes.
    """

    slug: str
    provider: str
    points: int = 0
    steps: tuple[Step, ...] = ()
    counts: Counts = Counts()
    start: float = 0.0
    grade: float = 0.0
    reset: float = 0.0
    memory: int = 0
    obstacle: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything was shown."""
        return not self.obstacle and all(step.ok for step in self.steps)

    @property
    def seconds(self) -> float:
        """How long it took, all shares added up."""
        return sum(step.seconds for step in self.steps)


def merge(shares: Sequence[Certificate]) -> Certificate:
    """One certificate out of those of a lab's shares; the first share is the one with all the steps."""
    steps = sorted((step for share in shares for step in share.steps), key=lambda step: _order(shares, step.name))
    together = tuple(
        Step(
            name,
            sum(step.seconds for step in same),
            sum(step.shown for step in same),
            tuple(dict.fromkeys(problem for step in same for problem in step.problems)),
        )
        for name, same in ((name, list(group)) for name, group in groupby(steps, key=lambda step: step.name))
    )
    counts = sum((share.counts for share in shares), Counts())
    return dataclasses.replace(shares[0], steps=together, counts=counts)


def _order(shares: Sequence[Certificate], name: str) -> int:
    names = list(dict.fromkeys(step.name for share in shares for step in share.steps))
    return names.index(name)
