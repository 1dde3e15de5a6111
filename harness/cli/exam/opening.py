"""Opening a task and showing it: what `task`, `next` and `prev` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


def show(app: App, number: int | None, step: int, as_json: bool) -> None:
    """Open the task of that number, or ``step`` tasks after the one that is open, and show it."""
    from harness.exams.sitting import open_task
    from harness.exams.wording import task_text
    from harness.output.documents import to_json
    from harness.output.exam import show_task, task_document

    exam, task = open_task(app, number, step)
    text = task_text(app, exam, task)
    if as_json:
        click.echo(to_json(task_document(exam, task, text)))
    else:
        show_task(exam, task, text, app.exams.now())
