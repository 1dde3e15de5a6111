"""What the candidate reads of a task in an exam: where it is, and the lab's own text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.exams import places
from harness.task import render_task

if TYPE_CHECKING:
    from harness.app import App
    from harness.exams.exam import Exam, Task


def task_text(app: App, exam: Exam, task: Task) -> str:
    """The task as Markdown, with the names and numbers of this exam; readable also when its cluster is gone."""
    sandbox = places.find(app, exam, task.cluster)
    values = places.variables(exam, task, sandbox) if sandbox is not None else exam.vars[task.number]
    return render_task(app.catalog.get(task.lab), values)
