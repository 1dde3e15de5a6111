"""Which check judges which demand of a task: comments in task.md that the candidate does not see.

A numbered demand ends with ``{# judged by: check_one, check_two #}``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

DEMAND = re.compile(r"^(\d+)\. ", re.MULTILINE)
MARK = re.compile(r"\{#\s*judged by:([^#]*)#\}")


def demands(task: str) -> dict[str, tuple[str, ...]]:
    """The numbered demands of a task's source, each with the names of the checks that its marks give."""
    starts = [*DEMAND.finditer(task)]
    ends = [*(match.start() for match in starts[1:]), len(task)][: len(starts)]
    return {
        match[1]: tuple(name for mark in MARK.findall(task[match.start() : end]) for name in names(mark))
        for match, end in zip(starts, ends, strict=True)
    }


def names(mark: str) -> list[str]:
    """The names in one mark."""
    return [name.strip() for name in mark.split(",") if name.strip()]


def mark_problems(task: str, checks: Collection[str]) -> Iterator[str]:
    """What is not tied: a demand without a check, a check without a demand, a name that is no check."""
    found = demands(task)
    if not found:
        yield "numbers no demands (1. …): each is tied to its checks by a mark, see labs/README.md"
    for number, judged in found.items():
        if not judged:
            yield f"demand {number} is judged by no check: end it with {{# judged by: NAME #}}"
        yield from (f"demand {number} names {name!r}, which is not a check" for name in judged if name not in checks)
    tied = {name for judged in found.values() for name in judged}
    yield from (f"the check {name} judges no demand: mark the one it belongs to" for name in checks if name not in tied)
