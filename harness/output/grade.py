"""How a grade looks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness.output.terminal import console, draw, for_people, printable, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Group

    from grader.outcomes import Grade, Verdict
    from harness.grading import Graded

MARKS = {
    "passed": ("✔", "green"), "failed": ("✘", "red"), "skipped": ("-", "yellow"), "broken": ("!", "magenta"),
}  # fmt: skip
UNTRUSTED = "not trustworthy: what is marked broken could not be judged"
SHORTEST_WATCH = 2.0  # seconds between two gradings


def show_grade(graded: Graded) -> None:
    """Show where points were lost, and how to see it."""
    if for_people():
        draw(page(graded))
    else:
        say("\n".join(lines(graded)))


def lines(graded: Graded) -> Iterator[str]:
    """The grade as plain text."""
    yield _summary(graded.grade)
    for verdict in graded.grade.verdicts:
        yield f"  {verdict.outcome:<8} {earned(verdict):>5}  {verdict.sentence}"
        yield from (f"{'':18}{line}" for line in _explanation(verdict))
    if graded.note:
        yield graded.note


def earned(verdict: Verdict) -> str:
    """The check's points as ``earned/possible``; unknown where it could not be judged."""
    got = {"passed": str(verdict.points), "broken": "?"}.get(verdict.outcome, "0")
    return f"{got}/{verdict.points}"


def page(graded: Graded) -> Group:
    """The grade as a table for people."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, show_header=False, padding=(0, 1), pad_edge=False)
    table.add_column(width=1)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1)
    for verdict in graded.grade.verdicts:
        mark, colour = MARKS[verdict.outcome]
        cell = Text(printable(verdict.sentence))
        for line in _explanation(verdict):
            cell.append(f"\n{printable(line)}", style="dim")
        table.add_row(Text(mark, colour), Text(earned(verdict), colour), cell)
    grade = graded.grade
    colour = "magenta" if not grade.trustworthy else "green" if grade.points == grade.possible else "yellow"
    notes = [Text(printable(graded.note), "magenta")] if graded.note else []
    return Group(table, Text(_summary(grade), f"bold {colour}"), *notes)


def _summary(grade: Grade) -> str:
    trust = "" if grade.trustworthy else f"; {UNTRUSTED}"
    return f"{grade.lab}: {grade.points} of {grade.possible} points in {grade.seconds:.1f} s{trust}"


def _explanation(verdict: Verdict) -> list[str]:
    if verdict.outcome == "passed":
        return []
    why = [line for line in verdict.why.splitlines() if line.strip()]
    return [*why, f"see: {verdict.see}"] if verdict.see else why


class Watch:
    """Shows one grade after the other: in place for people, each that differs from the last one in a pipe."""

    def __init__(self) -> None:
        from rich.live import Live

        self.live = Live(console=console(), auto_refresh=False) if for_people() else None
        self.last: list[str] = []

    def __enter__(self) -> Watch:
        if self.live is not None:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live is not None:
            self.live.stop()

    def show(self, graded: Graded) -> None:
        """Show this grade."""
        if self.live is not None:
            self.live.update(page(graded), refresh=True)
            return
        shown = [line.partition(" points in ")[0] for line in lines(graded)]
        if shown != self.last:
            say("\n".join(lines(graded)))
            self.last = shown

    def pause(self) -> None:
        """Wait until the next grade is due."""
        time.sleep(SHORTEST_WATCH)
