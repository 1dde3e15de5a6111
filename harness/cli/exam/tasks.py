"""`labs exam tasks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("tasks")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def tasks_command(app: App, as_json: bool) -> None:
    """Show all tasks, which are flagged, and your notes."""
    from harness.exams.sitting import attend
    from harness.output.documents import to_json
    from harness.output.exam import exam_document, show_tasks

    exam = attend(app)
    if as_json:
        click.echo(to_json(exam_document(exam, app.exams.now())))
    else:
        show_tasks(exam, app.exams.now())
