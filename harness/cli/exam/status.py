"""`labs exam status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def status_command(app: App, as_json: bool) -> None:
    """Show the time that is left.

    Clusters that died are brought back, with the work in them; a loss is said plainly. What the tasks are worth so far
    is not shown: nobody knows before the end.
    """
    from harness.exams.sitting import attend
    from harness.output.documents import to_json
    from harness.output.exam import exam_document, show_status

    exam = attend(app)
    if as_json:
        click.echo(to_json(exam_document(exam, app.exams.now())))
    else:
        show_status(exam, app.exams.now())
