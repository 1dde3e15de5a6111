"""`labs doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.exit_codes import ExitCode

if TYPE_CHECKING:
    from harness.app import App


@click.command("doctor")
@click.option("--clean", is_flag=True, help="Remove what crashed commands left: containers, networks, volumes, files.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def doctor_command(app: App, clean: bool, as_json: bool) -> None:
    """Show what this machine can run, what is missing and what to type.

    Nothing is changed and nothing is downloaded, unless --clean is given: then everything that crashed commands
    left is removed first, and only what is ours and belongs to no sandbox. The exit code is 0 if at least one
    lab can be started, else 3.
    """
    from harness.doctor import examine
    from harness.ending import clean_up
    from harness.output.documents import doctor_document, to_json
    from harness.output.tables import show_examination

    if clean:
        clean_up(app)
    examination = examine(app)
    if as_json:
        click.echo(to_json(doctor_document(examination)))
    else:
        show_examination(examination)
    raise SystemExit(ExitCode.DONE if examination.ok else ExitCode.CANNOT)
