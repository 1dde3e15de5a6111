"""Did you mean …?"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """Up to ``count`` of the ``known`` words that ``word`` may have been meant to be, the likeliest first."""
    spelling = {other.casefold(): other for other in known}
    return [spelling[hit] for hit in difflib.get_close_matches(word.casefold(), spelling, n=count, cutoff=0.6)]


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean …?``, or nothing where nothing is near."""
    hits = nearest(word, known)
    return f"; did you mean {hits[0]!r}?" if hits else ""
