"""`labs exam resume`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("resume")
@click.pass_obj
def resume_command(app: App) -> None:
    """Let the clock go on after a pause."""
    from harness.exams.clock import words
    from harness.exams.sitting import resume
    from harness.output.terminal import say

    exam = resume(app)
    say(f"the clock runs: {words(exam.left(app.exams.now()))} left")
