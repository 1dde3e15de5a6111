"""`labs lint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB
from harness.exit_codes import ExitCode

if TYPE_CHECKING:
    from harness.app import App


@click.command("lint")
@click.argument("slug", metavar="[LAB]", type=LAB, required=False)
@click.pass_obj
def lint_command(app: App, slug: str | None) -> None:
    """Look for mistakes in labs, without a cluster.

    All mistakes are named at once: in lab.yaml, in templates (rendered with five seeds), in checks, in the
    solutions and wrong ways, files that nothing uses, and in the blueprints of exams. The exit code is 1 if there
    are any.
    """
    from harness.exams.linting import blueprint_problems
    from harness.linting import lint
    from harness.output.terminal import say

    shapes = {shape for provider in app.providers.values() for shape in provider.shapes}
    slugs = list(app.catalog.folders) if slug is None else [slug]
    problems = [str(problem) for each in slugs for problem in lint(app.catalog, each, shapes)]
    problems += blueprint_problems(app.catalog) if slug is None else []
    for problem in problems:
        say(problem)
    if problems:
        raise SystemExit(ExitCode.POINTS_LOST)
    say(f"{slugs[0]} is in order" if slug else f"{len(slugs)} labs are in order")
