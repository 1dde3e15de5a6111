"""`labs stop`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB

if TYPE_CHECKING:
    from harness.app import App


@click.command("stop")
@click.argument("name", metavar="[LAB]", required=False, shell_complete=LAB.shell_complete)
@click.option("--all", "everything", is_flag=True, help="Stop all sandboxes, also those without a lab.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def stop_command(app: App, name: str | None, everything: bool, as_json: bool) -> None:
    """Stop the sandbox of LAB and remove everything in it.

    Its processes end and its files, the work folder too, are gone. LAB may also be the name of a sandbox,
    as `labs status` shows it. Sandboxes of an exam that is not over are not stopped.
    """
    from harness.ending import sandbox_named, spare_exams, stop_all, stop_sandbox
    from harness.output.documents import to_json
    from harness.output.terminal import say

    if everything and name is not None:
        raise click.UsageError("give a LAB or --all, not both")
    if everything:
        spare_exams(app)
        stopped = stop_all(app)
    else:
        stopped = (app.sessions.current().sandbox if name is None else sandbox_named(app, name),)
        spare_exams(app, stopped[0])
        stop_sandbox(app, stopped[0])
    if as_json:
        click.echo(to_json({"stopped": list(stopped)}))
    else:
        say(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")
