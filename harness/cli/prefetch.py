"""`labs prefetch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.app import App


@click.command("prefetch")
@click.option("--provider", metavar="P", help="Only what this provider needs.")
@click.pass_obj
def prefetch_command(app: App, provider: str | None) -> None:
    """Get everything now that labs need later, so that they work offline.

    What is in the cache is kept; the rest is downloaded or built. Called again after an interruption it
    goes on where it was.
    """
    from harness.output.terminal import say

    wanted = [each for each in app.providers.values() if provider in (None, each.name)]
    usable = [each for each in wanted if each.missing() is None]
    if not usable:
        reasons = "; ".join(f"{each.name}: {each.missing()}" for each in wanted) or f"there is no {provider!r}"
        raise LabsError(f"no provider can be used here ({reasons})", "`labs doctor` shows what to install.")
    for each in usable:
        each.prefetch(app.tell)
        say(f"{each.name}: everything is there")
