"""A lab's variables: drawn anew by every start, the same for the same seed."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

Scalar = str | int | float | bool
RESERVED = (  # given: the candidate's folder, the slug, the API server's URL and CA, the nodes of the shape
    "work", "lab", "server", "ca_data",
    "control_plane", "control_plane2", "control_plane3", "worker", "worker2",
)  # fmt: skip
LONGEST_NONCE = 40


class Variable(Protocol):
    """How one variable gets its value."""

    def draw(self, chance: random.Random) -> Scalar:
        """A value; the same for the same state of ``chance``."""
        ...


@dataclass(frozen=True)
class Literal:
    """Always the same."""

    value: Scalar

    def draw(self, chance: random.Random) -> Scalar:  # noqa: ARG002  (nothing is left to it)
        """The value."""
        return self.value


@dataclass(frozen=True)
class Choice:
    """One of several."""

    values: tuple[Scalar, ...]

    def draw(self, chance: random.Random) -> Scalar:
        """One of the values."""
        return chance.choice(self.values)


@dataclass(frozen=True)
class Nonce:
    """Something that nobody can know beforehand: ``length`` of a-z and 0-9, a letter first, so a valid DNS label."""

    length: int

    def draw(self, chance: random.Random) -> Scalar:
        """A word of that length."""
        rest = chance.choices(string.ascii_lowercase + string.digits, k=self.length - 1)
        return chance.choice(string.ascii_lowercase) + "".join(rest)


@dataclass(frozen=True)
class Range:
    """A whole number from ``low`` to ``high``, both included."""

    low: int
    high: int

    def draw(self, chance: random.Random) -> Scalar:
        """A number of the range."""
        return chance.randint(self.low, self.high)


def read_variable(rule: Any) -> Variable:
    """The variable that ``rule``, a value under ``vars`` of a lab.yaml, describes; ValueError says what is wrong."""
    match rule:
        case str() | bool() | int() | float():
            return Literal(rule)
        case {"choice": [_, *_] as values, **rest} if not rest and all(isinstance(v, Scalar) for v in values):
            return Choice(tuple(values))
        case {"nonce": int(length), **rest} if not rest and 2 <= length <= LONGEST_NONCE:
            return Nonce(length)
        case {"range": [int(low), int(high)], **rest} if not rest and low <= high:
            return Range(low, high)
    raise ValueError(
        f"write a value, {{choice: [a, b]}}, {{nonce: 2 to {LONGEST_NONCE}}} or {{range: [low, high]}}, not {rule!r}"
    )


def draw(variables: Mapping[str, Variable], lab: str, seed: int) -> dict[str, Any]:
    """The values for one start. Each variable has its own chance, so adding one does not change the others."""
    chances = {name: random.Random(f"{lab}/{seed}/{name}") for name in variables}  # noqa: S311  (repeatable, not secret)
    return {name: variable.draw(chances[name]) for name, variable in variables.items()}
