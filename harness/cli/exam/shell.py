"""`labs exam shell`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("shell")
@click.option("--contexts", is_flag=True, help="Relaxed mode: kubectl here, with a context for each task.")
@click.pass_obj
def shell_command(app: App, contexts: bool) -> None:
    """Open the base host: `ssh HOST` leads to the host of each task.

    As in the exam the base host has no kubectl, and every task names its host, which has. The prompt shows the
    time that is left, the open task and how many are flagged; warnings come 30, 10 and 5 minutes before the end.
    In `tmux`, the status line shows the same. Open as many shells as you like, and leave them as you like: the
    exam goes on.
    """
    from harness import commands
    from harness.exams import terminals
    from harness.exams.shell import base_shell
    from harness.exams.sitting import running

    exam = running(app)
    shell = base_shell(app, exam, contexts=contexts)
    with terminals.known(exam.folder):
        commands.attend(shell.command, env=shell.environment, cwd=shell.folder)
