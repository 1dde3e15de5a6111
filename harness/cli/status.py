"""`labs status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def status_command(app: App, as_json: bool) -> None:
    """Show the sandboxes and the labs in them.

    With each comes whether it runs, its lab, how long ago that was started, the points of the last grade
    and the memory that its processes take.
    """
    from harness.output.documents import status_document, to_json
    from harness.output.tables import show_status
    from harness.status import survey

    status = survey(app)
    if as_json:
        click.echo(to_json(status_document(status)))
    else:
        show_status(status)
