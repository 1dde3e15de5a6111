"""`labs list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("list")
@click.option("--domain", metavar="D", help="Only labs of this domain of the exam; a part of its name will do.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def list_command(app: App, domain: str | None, as_json: bool) -> None:
    """Show the labs there are.

    They are grouped by the domains of the exam, with their weight in it. Minutes are what an exam would
    give; points are what the checks are worth. Labs that are started are marked.

    \b
      labs list
      labs list --domain storage
    """
    from harness.output.documents import labs_document, to_json
    from harness.output.listing import show_labs

    domains = app.catalog.curriculum.domains
    wanted = domains if domain is None else (app.catalog.curriculum.find(domain),)
    found, problems = app.catalog.read()
    labs = [lab for lab in found if lab.spec.domain in {each.name for each in wanted}]
    if as_json:
        click.echo(to_json(labs_document(labs)))
    else:
        show_labs(labs, wanted, {session.lab for session in app.sessions.all()})
    for problem in problems:
        app.tell(f"left out: {problem.what}")
