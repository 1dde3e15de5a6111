"""`labs prefetch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.app import App


@click.command("prefetch")
@click.pass_obj
def prefetch_command(app: App) -> None:
    """Get everything now that labs need later, so that they work offline.

    What is in the cache is kept; the rest is downloaded or built. Called again after an interruption it
    goes on where it was.
    """
    from harness.output.terminal import say

    usable = [provider for provider in app.providers.values() if provider.missing() is None]
    if not usable:
        reasons = "; ".join(f"{provider.name}: {provider.missing()}" for provider in app.providers.values())
        raise LabsError(f"no provider can be used here ({reasons})", "`labs doctor` shows what to install.")
    for provider in usable:
        provider.prefetch(app.tell)
        say(f"{provider.name}: everything is there")
