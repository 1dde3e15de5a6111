"""`labs hint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB

if TYPE_CHECKING:
    from harness.app import App


@click.command("hint")
@click.argument("slug", metavar="[LAB]", type=LAB, required=False)
@click.pass_obj
def hint_command(app: App, slug: str | None) -> None:
    """Show the next hint.

    Each call shows one more, and is counted; after the last one it shows the last one again.
    """
    from harness.output.task import show_hint
    from harness.task import next_hint

    session = app.session_of(slug)
    lab = app.catalog.get(session.lab)
    number, hint = next_hint(app, lab, session)
    count = len(lab.spec.hints)
    show_hint(number, count, hint)
    if session.hints >= count:
        app.tell("That was the last one; `labs solution` shows the whole way.")
