"""The terminal: whether there is one, and writing to it."""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDEST = 100  # columns; longer lines of text are hard to read


def for_people() -> bool:
    """Whether stdout is a terminal that understands escapes; anything else gets plain text."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def printable(text: str) -> str:
    """``text`` without anything that a terminal would obey: control and format characters become ``?``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else "?" for c in text)


def say(text: str) -> None:
    """Write a line to stdout, without what a terminal would obey."""
    sys.stdout.write(printable(text) + "\n")


def console() -> Console:
    """rich's console on stdout; it honours NO_COLOR. No markup, emoji or highlighting: the text is not ours."""
    from rich.console import Console

    plain = Console(markup=False, emoji=False, highlight=False)
    return Console(markup=False, emoji=False, highlight=False, width=min(plain.width, WIDEST))


def draw(*parts: RenderableType) -> None:
    """Draw for people."""
    target = console()
    for part in parts:
        target.print(part)
