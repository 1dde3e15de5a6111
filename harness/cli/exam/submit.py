"""`labs exam submit`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("submit")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_obj
def submit_command(app: App, yes: bool, as_json: bool) -> None:
    """Hand in: everything is graded.

    Your access to the clusters is taken away first. The result is shown, and kept for `labs exam result`.

    \b
    Exit codes: 0 full marks, 1 points lost, 3 something could not be judged.
    """
    from harness.exams.clock import words
    from harness.exams.results import load
    from harness.exams.sitting import submit
    from harness.output.documents import to_json
    from harness.output.exam_result import exit_code, show_result

    exam = app.exams.current()
    if not yes and sys.stdin.isatty() and not exam.over(app.exams.now()) and exam.deadline is not None:
        left = words(exam.left(app.exams.now()))
        click.confirm(f"There are {left} left. Hand in now?", abort=True, err=True)
    document = load(submit(app))
    if as_json:
        click.echo(to_json(document))
    else:
        show_result(document)
    raise SystemExit(exit_code(document))
