"""`labs exam abandon`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("abandon")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def abandon_command(app: App, yes: bool) -> None:
    """Give the exam up, without a result.

    Its sandboxes stay warm for the next lab; `labs stop --all` removes them.
    """
    from harness.exams.sitting import abandon
    from harness.output.terminal import say

    if not yes and sys.stdin.isatty():
        click.confirm("There will be no result. Give the exam up?", abort=True, err=True)
    say(f"{abandon(app).title} was given up")
