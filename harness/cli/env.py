"""`labs env`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB

if TYPE_CHECKING:
    from harness.app import App


@click.command("env")
@click.argument("slug", metavar="[LAB]", type=LAB, required=False)
@click.pass_obj
def env_command(app: App, slug: str | None) -> None:
    """Print what a shell needs to work in the lab, for eval.

    The lines are for a POSIX shell: KUBECONFIG, the lab's kubectl first in PATH, and which lab `labs`
    means from then on.

    \b
      eval "$(labs env 07-rbac)"
    """
    from harness.shell import exports

    click.echo(exports(app.sandbox_of(app.session_of(slug))))
