"""`labs certify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB
from harness.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.app import App
    from harness.certification.certificate import Certificate


@click.command("certify")
@click.argument("slugs", metavar="[LAB]...", type=LAB, nargs=-1)
@click.option(
    "--provider", metavar="P", help="Run on this provider; without LAB, the labs for which it is the cheapest."
)
@click.option("--everywhere", is_flag=True, help="Prove each lab on every provider that has what it needs.")
@click.option(
    "--repeat",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    help="Grade each way N times again (otherwise each solution once).",
)
@click.option("--mutants/--no-mutants", default=True, help="Try faulty variants of the reference solution, too.")
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="Work on N sandboxes at a time.")
@click.option("--report", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Write a report there.")
@click.option(
    "--failed",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Only the labs that were not in order in that report.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def certify_command(
    app: App,
    slugs: tuple[str, ...],
    provider: str | None,
    everywhere: bool,
    repeat: int,
    mutants: bool,
    jobs: int | None,
    report: Path | None,
    failed: Path | None,
    as_json: bool,
) -> None:
    """Prove labs on live clusters.

    All of them are proved, or each LAB, on the cheapest provider that has what it needs.

    For each lab: its files are in order; no check passes at the start; every solution gets all points, twice
    the same; every wrong way loses exactly what its file says; every faulty variant of the reference solution
    loses points, unless mutants.yaml says why it is equally right; objects of others stay as they are; a
    reset brings the start back; and it all holds with other values of the variables, too. It works on
    sandboxes of its own: labs that are open are not touched.

    The report is an HTML page, JUnit XML, JSON, and the cluster's objects for each step that failed.

    \b
    Exit codes: 0 everything was shown, 1 something was not, 3 a lab cannot run here.
    """
    from harness.certification.certifying import Wish, certify
    from harness.output.certificates import certificates_document, show
    from harness.output.documents import to_json
    from harness.output.report import again, prepare, write_report

    if failed is not None:
        slugs = again(failed, slugs)
        if not slugs:
            raise SystemExit(ExitCode.DONE)
    folder = None if report is None else prepare(report)
    wish = Wish(slugs, provider, everywhere, repeat, mutants, jobs, folder)
    found, seconds = certify(app, wish)
    if folder is not None:
        write_report(folder, found, seconds)
    if as_json:
        click.echo(to_json(certificates_document(found, seconds)))
    else:
        show(found, seconds)
    raise SystemExit(_code(found))


def _code(found: Sequence[Certificate]) -> ExitCode:
    if any(not each.ok and not each.obstacle for each in found):
        return ExitCode.POINTS_LOST
    return ExitCode.CANNOT if any(each.obstacle for each in found) else ExitCode.DONE
