"""`labs certify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB
from harness.exit_codes import ExitCode

if TYPE_CHECKING:
    from harness.app import App


@click.command("certify")
@click.argument("slugs", metavar="[LAB]...", type=LAB, nargs=-1)
@click.option("--provider", metavar="P", help="Run on this provider instead of the cheapest that will do.")
@click.option("--repeat", metavar="N", type=click.IntRange(min=1), default=1, help="Grade each way N times again.")
@click.option("--mutants/--no-mutants", default=True, help="Try faulty variants of the reference solution, too.")
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="Prove N labs at a time.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def certify_command(
    app: App,
    slugs: tuple[str, ...],
    provider: str | None,
    repeat: int,
    mutants: bool,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Prove labs on live clusters.

    All of them are proved, or each LAB.

    For each lab: its files are in order; no check passes at the start; every solution gets all points, twice
    the same; every wrong way loses exactly what its file says; every faulty variant of the reference solution
    loses points, unless mutants.yaml says why it is equally right; objects of others stay as they are; and a
    reset brings the start back. It works on sandboxes of its own: labs that are open are not touched.

    \b
    Exit codes: 0 everything was shown, 1 something was not, 3 cannot run here.
    """
    from harness.certification.stage import stage
    from harness.certification.workers import Order, certify, most_jobs
    from harness.output.certificates import certificates_document, show
    from harness.output.documents import to_json

    names = slugs or tuple(app.catalog.folders)
    with stage(app) as apart:
        order = Order(apart.catalog.roots, apart.state, apart.cache, provider, repeat, mutants)
        found = certify(apart, order, names, jobs or most_jobs())
    if as_json:
        click.echo(to_json(certificates_document(found)))
    else:
        show(found)
    if not all(each.ok for each in found):
        raise SystemExit(ExitCode.POINTS_LOST)
