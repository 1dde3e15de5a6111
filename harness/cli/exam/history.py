"""`labs exam history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("history")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def history_command(app: App, as_json: bool) -> None:
    """Show all exams, the last one first."""
    from harness.exams.results import history
    from harness.output.documents import to_json
    from harness.output.exam_history import show_history

    exams = history(app)
    if as_json:
        click.echo(to_json({"exams": exams}))
    else:
        show_history(exams)
