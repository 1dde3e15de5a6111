"""`labs exam pause`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("pause")
@click.pass_obj
def pause_command(app: App) -> None:
    """Stop the clock, for practice; the result shows it.

    The real exam has no such thing. While the clock stands your access to the clusters is taken away.
    """
    from harness.exams.clock import words
    from harness.exams.sitting import pause
    from harness.output.terminal import say

    exam = pause(app)
    say(f"the clock is stopped with {words(exam.left(app.exams.now()))} left; `labs exam resume` lets it go on")
