"""`labs exam reset`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("reset")
@click.argument("number", metavar="N", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def reset_command(app: App, number: int, yes: bool) -> None:
    """Give task N its clean start again, and no other.

    Everything that was made for this task on its cluster and in its work folder is gone; names and numbers stay. Other
    tasks on the same cluster keep their work.
    """
    import sys

    from harness.exams.resetting import reset
    from harness.exams.sitting import find_task, running
    from harness.output.terminal import say

    exam = running(app)
    task = find_task(exam, number)
    if not yes and sys.stdin.isatty():
        click.confirm(f"Your work on task {number} is gone then. Reset it?", abort=True, err=True)
    reset(app, exam, task)
    say(f"task {number} is as it was at its start")
