"""`labs exam prev`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("prev")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def prev_command(app: App, as_json: bool) -> None:
    """Go to the task before."""
    from harness.cli.exam.opening import show

    show(app, None, -1, as_json)
