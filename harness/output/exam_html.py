"""The result of an exam as one HTML file: no script, no network, every text escaped."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.exams.clock import words
from harness.output.exam_history import percent
from harness.output.exam_result import earned, headline
from harness.output.terminal import printable
from harness.rendering import render_page

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE = Path(__file__).with_name("exam_result.html.j2")
MARKS = {"passed": "✔", "failed": "✘", "skipped": "–", "broken": "!"}


def html_page(document: Mapping[str, Any]) -> str:
    """The page. Texts come from a cluster and are shown as they are, without what is not to be seen."""
    clean = _clean(document)
    return render_page(
        TEMPLATE,
        {
            "result": clean,
            "headline": headline(clean),
            "began": _moment(document["started"]),
            "percent": percent,
            "words": words,
            "earned": earned,
            "marks": MARKS,
            "width": lambda score: f"{min(100.0, max(0.0, score or 0.0)):.1f}",
        },
    )


def _clean(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _clean(each) for key, each in value.items()}
        case list() | tuple():
            return [_clean(each) for each in value]
    return value


def _moment(seconds: float | None) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) if seconds else ""
