"""Filling a lab's templates: in jinja2's sandbox, strict about names, bounded in size and work."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LONGEST = 1 << 20  # characters of a rendered file
MOST_ROUNDS = 10_000  # of a range
MEND = "Mend the template; `labs lint` tries it with five seeds."


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """jinja2's sandbox, and no way to make something huge out of a short template."""

    intercepted_binops = frozenset(["*", "**"])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiply numbers only, and small ones."""
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if not numbers or operator == "**" or max(abs(left), abs(right)) > LONGEST:
            raise SecurityError(f"`{operator}` is for small numbers only")
        return super().call_binop(context, operator, left, right)


def _bounded_range(*bounds: int) -> range:
    rounds = range(*bounds)
    if len(rounds) > MOST_ROUNDS:
        raise SecurityError(f"a range of more than {MOST_ROUNDS} rounds")
    return rounds


@cache
def _environment() -> BoundedEnvironment:
    environment = BoundedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    environment.globals = {"range": _bounded_range}
    return environment


def render(text: str, variables: Mapping[str, Any], origin: str) -> str:
    """``text`` with ``variables`` filled in; LabsError names ``origin``, the line and what is wrong there."""
    if "{{" not in text and "{%" not in text and "{#" not in text:
        return text
    pieces, length = [], 0
    try:
        for piece in _environment().from_string(text).generate(dict(variables)):
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST:
                raise SecurityError(f"it renders to more than {LONGEST >> 20} MiB")
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        place = f"{origin}, line {line}" if line else origin
        raise LabsError(f"{place}: {error.message}", MEND) from error
    except (ArithmeticError, TypeError, ValueError, RecursionError) as error:
        raise LabsError(f"{origin}: {error}", MEND) from error
    return "".join(pieces)


def render_page(template: Path, values: Mapping[str, Any]) -> str:
    """A page of ours, for the browser: what is filled in is escaped as text, and none of it is a template."""
    environment = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template.read_text(encoding="utf-8")).render(values)
