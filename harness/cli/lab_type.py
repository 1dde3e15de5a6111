"""LAB on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from harness.app import App


class LabType(click.ParamType[str]):
    """A lab by name, number or part of its name; the value is its slug."""

    name = "lab"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """The slug; LabsError names the labs that are near."""
        if ctx is None:
            raise RuntimeError("a lab is looked up in the app's catalog")
        app: App = ctx.obj
        return app.catalog.slug(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """The slugs that begin with, or hold, what was typed."""
        from harness.app import App

        slugs = (ctx.obj or App.default()).catalog.folders
        begin = [slug for slug in slugs if slug.startswith(incomplete)]
        return [CompletionItem(slug) for slug in begin or [slug for slug in slugs if incomplete in slug]]


LAB = LabType()
