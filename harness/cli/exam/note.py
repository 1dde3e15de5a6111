"""`labs exam note`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("note")
@click.argument("number", metavar="N", type=int)
@click.argument("words", metavar="TEXT", nargs=-1)
@click.pass_obj
def note_command(app: App, number: int, words: tuple[str, ...]) -> None:
    """Keep a note about task N.

    `labs exam tasks` and the result show it. A new note takes the old one's place; without TEXT the note is removed.
    """
    from harness.exams.sitting import take_note
    from harness.output.terminal import say

    exam = take_note(app, number, " ".join(words))
    say(f"noted for task {number}" if exam.notes.get(number) else f"task {number} has no note")
