"""`labs grade`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB
from harness.exit_codes import ExitCode

if TYPE_CHECKING:
    from harness.app import App
    from harness.lab import Lab
    from harness.session import Session


@click.command("grade")
@click.argument("slug", metavar="[LAB]", type=LAB, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the grade as one JSON document.")
@click.option("--watch", is_flag=True, help="Judge again every 2 s until full marks or Ctrl-C.")
@click.pass_obj
def grade_command(app: App, slug: str | None, as_json: bool, watch: bool) -> None:
    """Judge LAB and show where points were lost.

    A check has passed, failed (with what was expected and found, and a command to see it), was skipped
    because it waits for another one, or is broken: the cluster or the grader failed, and the grade is not
    trustworthy. Your work stays
    as it is, though Pods may be rescheduled to see where they land; ask as often as you like.

    \b
    Exit codes: 0 full marks, 1 points lost, 3 not trustworthy or cannot be judged.
    """
    from harness.grading import grade
    from harness.output.documents import grade_document, to_json
    from harness.output.grade import show_grade

    if as_json and watch:
        raise click.UsageError("--json prints one document; it does not go with --watch")
    session = app.session_of(slug)
    lab = app.catalog.get(session.lab)
    if watch:
        raise SystemExit(_watch(app, lab, session))
    graded = grade(app, lab, session)
    if as_json:
        click.echo(to_json(grade_document(graded.grade)))
    else:
        show_grade(graded)
    raise SystemExit(ExitCode.of(graded.grade))


def _watch(app: App, lab: Lab, session: Session) -> ExitCode:
    from harness.grading import grade
    from harness.output.grade import Watch

    with Watch() as watch:
        while True:
            graded = grade(app, lab, session)
            watch.show(graded)
            code = ExitCode.of(graded.grade)
            if code is ExitCode.DONE:
                return code
            watch.pause()
