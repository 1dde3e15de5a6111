"""`labs solution`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB
from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.app import App
    from harness.session import Session


@click.command("solution")
@click.argument("slug", metavar="[LAB]", type=LAB, required=False)
@click.option("--apply", "do_apply", is_flag=True, help="Apply it to the sandbox, as the candidate would.")
@click.option("--yes", is_flag=True, help="Do not ask, although the lab is open.")
@click.pass_obj
def solution_command(app: App, slug: str | None, do_apply: bool, yes: bool) -> None:
    """Show the reference solution, or apply it.

    While the lab is open you are asked first; without a terminal to ask on, --yes is needed.
    With --apply its files are applied to your sandbox in their order; `labs grade` shows the result.
    """
    from harness.output.task import show_solution
    from harness.solution import pages
    from harness.task import example_variables

    session = app.sessions.of(slug) if slug is not None else app.sessions.current()
    if session is not None and not yes:
        _ask(session)
    if do_apply:
        _apply(app, session or app.session_of(slug))
        return
    lab = app.catalog.get(session.lab if session is not None else slug or "")
    show_solution(pages(lab, app.known_variables(session) if session is not None else example_variables(lab)))
    if session is not None:
        app.sessions.change(session, solution_seen=True)


def _apply(app: App, session: Session) -> None:
    from harness.grading import settled
    from harness.solving import apply_way
    from harness.ways import reference

    lab = app.catalog.get(session.lab)
    session = app.sessions.change(settled(app, session), solution_seen=True)
    sandbox = app.sandbox_of(session)
    apply_way(sandbox, lab, reference(lab.folder), app.variables(session, sandbox))
    app.tell(f"the reference solution of {lab.slug} is applied; `labs grade` judges it")


def _ask(session: Session) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise LabsError(f"{session.lab} is still open", "Add --yes to see its solution anyway.", 2)
    click.confirm(f"{session.lab} is still open. Show its solution?", abort=True, err=True)
