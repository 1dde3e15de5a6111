"""How the list of labs looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.output.terminal import draw, for_people, printable, say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from harness.curriculum import Domain
    from harness.lab import Lab


def show_labs(labs: Sequence[Lab], domains: Sequence[Domain], started: Collection[str]) -> None:
    """Show the labs by domain in the exam's order; those in ``started`` are marked."""
    if not for_people():
        for lab in labs:
            mark = "started" if lab.slug in started else ""
            spec = lab.spec
            say(f"{lab.slug:<24} {spec.minutes:>3} min {lab.points:>3} points  {spec.title}  {mark}".rstrip())
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, pad_edge=False, header_style="dim")
    table.add_column("lab", no_wrap=True)
    table.add_column("task", ratio=1)
    for name in ("minutes", "points"):
        table.add_column(name, justify="right")
    table.add_column("level")
    table.add_column("", no_wrap=True)
    for domain in domains:
        group = [lab for lab in labs if lab.spec.domain == domain.name]
        if group:
            table.add_section()
            table.add_row("", Text(f"{domain.name}, {domain.weight} %", "bold"))
        for lab in group:
            label = Text("started" if lab.slug in started else "", "green")
            title = Text(printable(lab.spec.title))
            table.add_row(
                Text(lab.slug, "cyan"), title, str(lab.spec.minutes), str(lab.points), str(lab.spec.difficulty), label
            )
    draw(table)
