"""Where a live object does not contain what a fragment asks for."""

import re
from collections.abc import Iterator
from typing import Any

from grader.quantities import same
from grader.rules import Rule, partners
from grader.text import show


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Yield one line per place where ``actual`` does not contain ``expected``.

    Mappings may hold more keys and lists more items, in any order; each expected item needs a live item of its own.
    ``{}`` asks for a mapping to be there, null for a field to be missing. ``path`` is where both were found.
    """
    match expected:
        case Rule():
            if problem := expected.problem(actual, path):
                yield f"{path or '.'}: {problem}"
        case dict() if isinstance(actual, dict) or (expected and actual is None):
            for key, value in expected.items():
                yield from differences(value, (actual or {}).get(key), f"{path}{_step(key)}")
        case list() if isinstance(actual, list | None):
            yield from _missing(expected, actual or [], path)
        case _ if not same(expected, actual, path):
            yield f"{path or '.'}: expected {show(expected)}, found {show(actual)}"


def fits(expected: Any, actual: Any, path: str = "") -> bool:
    """Whether ``actual`` contains ``expected``."""
    return next(differences(expected, actual, path), None) is None


def nearest(expected: Any, others: list[Any], path: str = "") -> tuple[Any, list[str]] | None:
    """Return the one of ``others`` with the fewest differences, and these; one of the same name is nearer than any."""

    def distance(attempt: tuple[Any, list[str]]) -> tuple[bool, int]:
        return _name(expected) != _name(attempt[0]), len(attempt[1])

    tries = [(other, list(differences(expected, other, path))) for other in others]
    return min(tries, key=distance, default=None)


def _missing(expected: list[Any], actual: list[Any], path: str) -> Iterator[str]:
    """Yield the differences of the items that have no partner, each against the nearest live item left over."""
    pairs = partners(
        [
            [there for there, other in enumerate(actual) if fits(item, other, f"{path}[{here}]")]
            for here, item in enumerate(expected)
        ]
    )
    left = [other for there, other in enumerate(actual) if there not in pairs]
    for here, item in enumerate(expected):
        if here in pairs.values():
            continue
        if not isinstance(item, dict | list | Rule):
            yield f"{path or '.'}: expected {show(item)} among {show(actual)}"
        elif found := nearest(item, left, f"{path}[{here}]"):
            yield from found[1]
        else:
            yield f"{path}[{here}]: not found"


def _step(key: object) -> str:
    plain = isinstance(key, str) and re.fullmatch(r"[\w-]+", key)
    return f".{key}" if plain else f"[{show(key)}]"


def _name(item: Any) -> object:
    if not isinstance(item, dict):
        return None
    name = item.get("name")
    return name if isinstance(name, str) else None
