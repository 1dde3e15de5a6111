"""The four rules that a fragment may hold in place of a value: !atleast, !matches, !exactly, !absent."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.quantities import quantity, same
from grader.text import show

_LONGEST = 100_000  # characters a pattern is tried on: re holds the interpreter's lock, so its work must be bounded


class Rule(ABC):
    """Something that says what is wrong with a live value."""

    @abstractmethod
    def problem(self, actual: Any, path: str = "") -> str | None:
        """Return what is wrong with ``actual``, found at ``path`` (dotted, from the object's root), or None."""


@dataclass(frozen=True)
class AtLeast(Rule):
    """``!atleast 3``, ``!atleast 500m``: a number or quantity not below this one."""

    floor: str

    def problem(self, actual: Any, path: str = "") -> str | None:  # noqa: ARG002
        floor, value = quantity(self.floor), quantity(actual)
        fine = floor is not None and value is not None and value >= floor
        return None if fine else f"expected at least {self.floor}, found {show(actual)}"


@dataclass(frozen=True)
class Matches(Rule):
    """``!matches ^nginx:``: a text in which the pattern is found (``re.search``: write ^ and $ for the whole)."""

    pattern: str

    def problem(self, actual: Any, path: str = "") -> str | None:  # noqa: ARG002
        fine = isinstance(actual, str) and re.search(self.pattern, actual[:_LONGEST])
        return None if fine else f"expected a text that matches {self.pattern}, found {show(actual)}"


@dataclass(frozen=True)
class Absent(Rule):
    """``!absent``: the field is not there, or null."""

    def problem(self, actual: Any, path: str = "") -> str | None:  # noqa: ARG002
        return None if actual is None else f"expected nothing, found {show(actual)}"


@dataclass(frozen=True)
class Exactly(Rule):
    """``!exactly {...}``: this and no more, at every depth; lists in any order, an empty list may be missing.

    Order is left out because most lists of the API are sets (verbs, ports, rules); where it matters, compare in Python.
    """

    value: Any

    def problem(self, actual: Any, path: str = "") -> str | None:
        if _equal(self.value, actual, path):
            return None
        return f"expected exactly {show(_plain(self.value))}, found {show(actual)}"


def _equal(expected: Any, actual: Any, path: str) -> bool:
    match expected:
        case Rule():
            return expected.problem(actual, path) is None
        case dict():
            return isinstance(actual, dict) and all(
                _equal(expected.get(key), actual.get(key), f"{path}.{key}") for key in expected.keys() | actual.keys()
            )
        case list() if isinstance(actual, list | None):
            pairs = partners(
                [
                    [there for there, other in enumerate(actual or ()) if _equal(item, other, f"{path}[]")]
                    for item in expected
                ]
            )
            return len(pairs) == len(expected) == len(actual or ())
        case _:
            return same(expected, actual, path)


def _plain(value: Any) -> Any:
    return repr(value) if isinstance(value, Rule) else value


def partners(choices: list[list[int]]) -> dict[int, int]:
    """Pair as many as possible one to one: ``choices[here]`` are the places that fit; return {there: here}.

    Two equal expected items need two live ones. Source: Kuhn's augmenting paths for bipartite matching.
    """
    taken: dict[int, int] = {}

    def place(here: int, tried: set[int]) -> bool:
        for there in choices[here]:
            if there not in tried:
                tried.add(there)
                if there not in taken or place(taken[there], tried):
                    taken[there] = here
                    return True
        return False

    for here in range(len(choices)):
        place(here, set())
    return taken


def rules_in(value: Any) -> Iterator[Rule]:
    """Yield every rule inside a fragment; a manifest to be created must have none."""
    match value:
        case Rule():
            yield value
        case dict():
            for item in value.values():
                yield from rules_in(item)
        case list():
            for item in value:
                yield from rules_in(item)
