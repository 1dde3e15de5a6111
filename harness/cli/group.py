"""The group of all verbs; a verb's module is imported when it is called, not before."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

SECTIONS: dict[str, dict[str, str]] = {
    "Practise": {
        "list": "Show the labs there are.",
        "start": "Start LAB, or go on with it if it is open.",
        "task": "Show the task again.",
        "shell": "Open a shell in the lab, with kubectl, alias k and completion.",
        "env": "Print what a shell needs to work in the lab, for eval.",
        "grade": "Judge LAB and show where points were lost.",
        "hint": "Show the next hint.",
        "solution": "Show the reference solution, or apply it.",
        "reset": "Give the lab its clean start again.",
        "stop": "Stop the sandbox of LAB and remove everything in it.",
    },
    "Sit an exam": {
        "exam": "Sit a timed mock exam.",
        "progress": "Show how you do by domain and competency, the weakest first.",
    },
    "This machine": {
        "status": "Show the sandboxes and the labs in them.",
        "doctor": "Show what this machine can run, what is missing and what to type.",
        "prefetch": "Get everything now that labs need later, so that they work offline.",
    },
    "Write labs": {
        "new": "Make the folder of a new lab.",
        "lint": "Look for mistakes in labs, without a cluster.",
        "certify": "Prove labs on live clusters.",
    },
}
VERBS = {verb: summary for section in SECTIONS.values() for verb, summary in section.items()}


class PipeClosedError(Exception):
    """Nobody reads our output any longer; click would make that exit code 1, which means points lost."""


class LateGroup(click.Group):
    """Knows its verbs by table (``sections``), so that `--help` loads none of their modules in ``package``."""

    sections: dict[str, dict[str, str]] = SECTIONS
    package = "harness.cli"

    @property
    def verbs(self) -> dict[str, str]:
        """All verbs with their summaries."""
        return {verb: summary for section in self.sections.values() for verb, summary in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """All verbs, in the order of the help."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The verb, from the module of its name."""
        if cmd_name not in self.verbs:
            return None
        command: click.Command = getattr(import_module(f"{self.package}.{cmd_name}"), f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a misspelt verb."""
        if args and args[0] not in self.verbs and not args[0].startswith("-"):
            from harness.nearest import suggestion

            ctx.fail(f"there is no command {args[0]!r}{suggestion(args[0], self.verbs)}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does, but a closed pipe is not click's to handle."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise PipeClosedError from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The verbs with their summaries, by section."""
        for section, verbs in self.sections.items():
            with formatter.section(section):
                formatter.write_dl(list(verbs.items()), col_max=12)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"labs {version('cka-labs')}")
        ctx.exit()


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def labs(ctx: click.Context) -> None:
    """Practise for the CKA exam on a live Kubernetes cluster.

    Start a lab, work on it with kubectl, have it graded:

    \b
      labs list
      labs start 07-rbac
      labs shell
      labs grade

    LAB is a lab's name, its number or a part of its name: 07-rbac, 7 and rbac mean the same. A command
    without LAB means the lab that was started last, and in `labs shell` the lab of that shell.

    \b
    Exit codes: 0 full marks or done, 1 points lost or mistakes found, 2 wrong usage,
    3 cannot judge or cannot run here, 130 interrupted.
    """
    if ctx.obj is None:  # `ensure_object` would replace a test's
        from harness.app import App

        ctx.obj = App.default()
