"""`labs exam`: the group of its verbs; each is a module of this package."""

from __future__ import annotations

import click

from harness.cli.group import LateGroup

SECTIONS: dict[str, dict[str, str]] = {
    "Sit it": {
        "start": "Draw an exam, prepare its clusters, and start the clock.",
        "shell": "Open the base host: `ssh HOST` leads to the host of each task.",
        "task": "Show task N, and open it.",
        "next": "Go to the next task.",
        "prev": "Go to the task before.",
        "tasks": "Show all tasks, which are flagged, and your notes.",
        "flag": "Flag task N to come back to, or take the flag off.",
        "note": "Keep a note about task N.",
        "status": "Show the time that is left.",
        "reset": "Give task N its clean start again, and no other.",
        "pause": "Stop the clock, for practice; the result shows it.",
        "resume": "Let the clock go on.",
        "submit": "Hand in: everything is graded.",
        "abandon": "Give the exam up, without a result.",
    },
    "Learn from it": {
        "result": "Show the result of the last exam.",
        "history": "Show all exams.",
    },
}


class ExamGroup(LateGroup):
    """The verbs of `labs exam`."""

    sections = SECTIONS
    package = "harness.cli.exam"


@click.group("exam", cls=ExamGroup)
def exam_command() -> None:
    """Sit a timed mock exam.

    Its tasks are drawn by the weights of the official domains and lie on live clusters. The clock starts when all
    of them are ready, and cannot be lost: closed terminals, killed commands and a reboot do not stop it. When the
    time is over, your access is taken away and everything is graded, also with nobody at the terminal.

    \b
      labs exam start
      labs exam shell
      labs exam submit
      labs exam result --html result.html
    """
