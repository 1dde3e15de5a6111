"""`labs reset`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB

if TYPE_CHECKING:
    from harness.app import App


@click.command("reset")
@click.argument("slug", metavar="[LAB]", type=LAB, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def reset_command(app: App, slug: str | None, as_json: bool) -> None:
    """Give the lab its clean start again.

    Everything that was done on the cluster and in the work folder is gone; the task stays the same, with
    the same names and numbers. A reset that was interrupted is done again.
    """
    from harness.output.documents import started_document, to_json
    from harness.output.terminal import say
    from harness.starting import reset
    from harness.task import render_task

    session = app.session_of(slug)
    started = reset(app, app.catalog.get(session.lab), session)
    if as_json:
        task = render_task(started.lab, app.variables(started.session, started.sandbox))
        click.echo(to_json(started_document(started, task)))
    else:
        say(f"{session.lab} is as it was at its start ({started.seconds:.1f} s)")
