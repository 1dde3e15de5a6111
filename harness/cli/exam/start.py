"""`labs exam start`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App
    from harness.exams.exam import Exam


@click.command("start")
@click.argument("blueprint", required=False)
@click.option(
    "--seed", metavar="N", type=click.IntRange(min=0), help="Draw the tasks, names and numbers from this seed."
)
@click.option(
    "--minutes", metavar="M", type=click.FloatRange(min=0, min_open=True), help="Another length than the blueprint's."
)
@click.option("--yes", is_flag=True, help="Start the clock as soon as everything is ready.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def start_command(
    app: App, blueprint: str | None, seed: int | None, minutes: float | None, yes: bool, as_json: bool
) -> None:
    """Draw an exam, prepare its clusters, and start the clock.

    BLUEPRINT says what kind of exam it is: mock (the default where Docker or Podman is there), mock-1, or
    mock-embedded, which needs no Docker. What will run is said first; then all clusters are prepared side by side. On a
    terminal the clock waits for your word. If preparing was interrupted, the same command goes on with it.

    \b
      labs exam start
      labs exam start mock-embedded --seed 42
    """
    from harness.exams.blueprint import default
    from harness.exams.starting import start
    from harness.output.documents import to_json
    from harness.output.exam import exam_document, show_tasks

    asks = not yes and not as_json and sys.stdin.isatty() and sys.stderr.isatty()
    exam = start(app, blueprint or default(app.providers), seed, minutes, _ask if asks else lambda _: None)
    if as_json:
        click.echo(to_json(exam_document(exam, app.exams.now())))
        return
    show_tasks(exam, app.exams.now())
    app.tell("the clock runs: `labs exam shell` opens the base host, `labs exam task` shows the first task")


def _ask(exam: Exam) -> None:
    click.confirm(f"Everything is ready. Start the clock ({exam.minutes:g} min)?", default=True, abort=True, err=True)
