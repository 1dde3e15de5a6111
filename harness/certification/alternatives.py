"""Whether a lab's solutions are ways of their own: two that differ in names or order only are one."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from harness.certification.normal import normal, words
from harness.certification.walk import texts
from harness.task import example_variables, render_task
from harness.ways import Way, solutions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.lab import Lab


def alike(lab: Lab) -> Iterator[tuple[str, str]]:
    """The solutions that say nothing new, each with the reason. LabsError where one cannot be read."""
    variables = example_variables(lab)
    start = texts(Way(lab.folder / "start"), variables).values()
    demanded = words("\n".join([render_task(lab, variables), *start]))
    found = {way.name: normal(texts(way, variables), demanded) for way in solutions(lab.folder)}
    for one, other in combinations(sorted(found, key=lambda name: (name != "reference", name)), 2):
        if found[one] == found[other]:
            yield other, f"differs from {one} only in names, order, waiting or packaging: show another way"
