"""HTML pages: from templates of our own, in which every value is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.text import clean

PAGES = Path(__file__).parent / "pages"
LONGEST = 20_000  # characters of one value


def page(name: str, **values: Any) -> str:
    """The page ``name`` with these values; control characters in them are taken out."""
    return _environment().get_template(f"{name}.html").render(values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _printable(value: Any) -> Any:
    return clean(value, LONGEST) if type(value) is str else value
