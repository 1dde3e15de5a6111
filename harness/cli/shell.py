"""`labs shell`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB

if TYPE_CHECKING:
    from harness.app import App


@click.command("shell")
@click.argument("slug", metavar="[LAB]", type=LAB, required=False)
@click.pass_obj
def shell_command(app: App, slug: str | None) -> None:
    """Open a shell in the lab, with kubectl, alias k and completion.

    It is your own shell ($SHELL) with your own dotfiles, which are read first and stay as they are. Then
    KUBECONFIG names the lab's cluster, the kubectl of its version is first in PATH, k is short for kubectl
    with completion (bash and zsh), the prompt names the lab, and you are in the lab's work folder.
    Leave it with exit or Ctrl-D; the lab stays open.
    """
    from harness import commands
    from harness.grading import settled
    from harness.shell import make_shell, users_shell

    session = app.session_of(slug)
    sandbox = app.sandbox_of(settled(app, session))
    if not app.owner_of(session).alive(sandbox):
        app.tell(f"the sandbox is not running: `labs start {session.lab}` brings it back with your work")
    shell = make_shell(sandbox, session.lab, users_shell())
    commands.attend(shell.command, env=shell.environment, cwd=shell.folder)
