"""`labs new`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("new")
@click.argument("slug", metavar="SLUG")
@click.pass_obj
def new_command(app: App, slug: str) -> None:
    """Make the folder of a new lab.

    It holds a small lab that works and passes `labs lint`: change it step by step into yours. SLUG is a
    number and words, like 42-node-affinity; without a number it gets the next free one. The folder is made
    beside the project's labs, or in the first folder of LABS_PATH.
    """
    from harness.drafting import draft
    from harness.output.terminal import say

    folder = draft(app.catalog, slug)
    say(f"made {folder}\nNext: change task.md and checks.py, then `labs lint {folder.name}`.")
