"""`labs exam flag`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("flag")
@click.argument("number", metavar="[N]", type=int, required=False)
@click.option("--on/--off", default=None, help="Set the flag, or take it off; without a word it is changed over.")
@click.pass_obj
def flag_command(app: App, number: int | None, on: bool | None) -> None:
    """Flag task N to come back to, or take the flag off.

    Without N it is the task that you have open.
    """
    from harness.exams.sitting import flag
    from harness.output.terminal import say

    exam, task = flag(app, number, on=on)
    say(f"task {task.number} is {'flagged' if task.number in exam.flagged else 'not flagged'}")
