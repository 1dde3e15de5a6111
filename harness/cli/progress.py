"""`labs progress`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("progress")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def progress_command(app: App, as_json: bool) -> None:
    """Show how you do by domain and competency, the weakest first.

    It is taken from the results of your exams: the share of points over all of them and exam by exam, and the time
    that a point took.
    """
    from harness.exams.history import progress
    from harness.output.documents import to_json
    from harness.output.exam_history import show_progress

    document = progress(app)
    if as_json:
        click.echo(to_json(dict(document)))
    else:
        show_progress(document)
