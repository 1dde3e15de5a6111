"""`labs exam task`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("task")
@click.argument("number", metavar="[N]", type=int, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def task_command(app: App, number: int | None, as_json: bool) -> None:
    """Show task N, and open it.

    Without N it is the task that you have open, at first the first. The time counts for the task that is open; `ssh` to
    a task's host opens it, too.
    """
    from harness.cli.exam.opening import show

    show(app, number, 0, as_json)
