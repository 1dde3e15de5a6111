"""How past exams and the progress over them look."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from harness.output.tables import show_table
from harness.output.terminal import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def show_history(exams: Sequence[Mapping[str, Any]]) -> None:
    """Show all exams, one line each."""
    if not exams:
        say("No exam was begun yet. `labs exam start` begins one.")
        return
    show_table(("exam", "begun", "tasks", "minutes", "score", ""), [_cells(exam) for exam in exams])


def show_progress(document: Mapping[str, Any]) -> None:
    """Show the share of points and the time of a point, by domain and by competency, the weakest first."""
    if not document["exams"]:
        say("No exam was graded yet. `labs exam start` begins one.")
        return
    scores = ", ".join(percent(exam["score"]) for exam in document["exams"])
    say(f"exams so far: {scores}")
    for kind in ("domains", "competencies"):
        rows = [
            (
                line["name"],
                percent(line["score"]),
                f"{line['points']}/{line['possible']}",
                " ".join(percent(each["score"]) for each in line["over_time"]),
                f"{line['seconds_per_point']:.0f} s" if line["seconds_per_point"] is not None else "-",
            )
            for line in document[kind]
        ]
        show_table((kind, "earned", "points", "exam by exam", "time per point"), rows)


def percent(score: float | None) -> str:
    """A score, or a dash where nothing could be judged."""
    return "-" if score is None else f"{score:.1f} %"


def _cells(exam: Mapping[str, Any]) -> tuple[str, ...]:
    if exam["stage"] == "damaged":
        return (exam["exam"], "", "", "", "", exam["why"])
    begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(exam["started"])) if exam["started"] else ""
    used = (
        f"{exam['minutes_used']:.0f} of {exam['minutes']:g}"
        if exam["minutes_used"] is not None
        else f"{exam['minutes']:g}"
    )
    word = exam["stage"] if exam["passed"] is None else "passed" if exam["passed"] else "not passed"
    score = percent(exam["score"]) if exam["stage"] == "ended" else ""
    return exam["exam"], begun, str(exam["tasks"]), used, score, word
