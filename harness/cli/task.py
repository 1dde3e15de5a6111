"""`labs task`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB

if TYPE_CHECKING:
    from harness.app import App


@click.command("task")
@click.argument("slug", metavar="[LAB]", type=LAB, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def task_command(app: App, slug: str | None, as_json: bool) -> None:
    """Show the task again.

    A lab that is not started can be read too; names and numbers that each start draws anew are examples then.
    """
    from harness.output.documents import task_document, to_json
    from harness.output.task import show_task
    from harness.task import example_variables, render_task

    session = app.sessions.of(slug) if slug is not None else app.sessions.current()
    lab = app.catalog.get(session.lab if session is not None else slug or "")
    task = render_task(lab, app.known_variables(session) if session is not None else example_variables(lab))
    if as_json:
        click.echo(to_json(task_document(lab, session, task)))
        return
    if session is None:
        app.tell(f"{lab.slug} is not started: names and numbers are examples; `labs start {lab.slug}` draws yours")
    show_task(task, lab.spec.title, lab.spec.minutes)
