"""How the status of the sandboxes and the findings of the doctor look."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness.output.terminal import draw, for_people, printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.doctor import Examination
    from harness.status import Row, Status

MIB = 1 << 20


def show_status(status: Status) -> None:
    """Show the sandboxes, the labs in them, and state files that cannot be read."""
    if status.rows:
        show_table(("sandbox", "state", "lab", "age", "points", "memory"), [_cells(row) for row in status.rows])
    else:
        say("No sandbox is there. `labs start LAB` makes one.")
    for sentence in status.damaged:
        say(sentence)


def show_examination(examination: Examination) -> None:
    """Show what was found, what to do about it, and which labs can run here."""
    rows = [
        ("ok" if finding.ok else "NO", finding.name, finding.found if finding.ok else f"{finding.found}\n{finding.fix}")
        for finding in examination.findings
    ]
    show_table(("", "looked at", "found"), [tuple(row) for row in rows])
    possible = [lab.lab for lab in examination.labs if lab.provider]
    say(f"Can run here: {', '.join(possible) or 'none'}")
    for lab in examination.labs:
        if not lab.provider:
            say(f"Cannot run here: {lab.lab} ({lab.why})")


def show_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show rows of cells under a head; in a pipe, aligned columns."""
    if not for_people():
        flat = [[cell.replace("\n", "; ") for cell in row] for row in (head, *rows)]
        widths = [max(len(row[column]) for row in flat) for column in range(len(head))]
        for row in flat:
            say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(*head, box=box.SIMPLE, pad_edge=False, header_style="dim")
    for cells in rows:
        table.add_row(*(Text(printable(cell), {"ok": "green", "NO": "red"}.get(cell, "")) for cell in cells))
    draw(table)


def age(seconds: float) -> str:
    """A time span as people say it."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"


def _cells(row: Row) -> tuple[str, ...]:
    state = ("running" if row.running else "not running") if row.version else "half made"
    lab = "" if row.lab is None else row.lab if row.phase == "open" else f"{row.lab} ({row.phase})"
    points = "" if row.points is None else f"{row.points}/{row.possible}"
    since = "" if row.started is None else age(time.time() - row.started)
    return row.sandbox, state, lab, since, points, f"{row.memory / MIB:.0f} MiB" if row.memory else ""
