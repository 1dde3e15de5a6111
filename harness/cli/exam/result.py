"""`labs exam result`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.app import App


@click.command("result")
@click.argument("exam", metavar="[EXAM]", required=False)
@click.option(
    "--html", metavar="FILE", type=click.Path(path_type=Path), help="Write a page for the browser; - is stdout."
)
@click.option("--junit", metavar="FILE", type=click.Path(path_type=Path), help="Write JUnit XML; - is stdout.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def result_command(app: App, exam: str | None, html: Path | None, junit: Path | None, as_json: bool) -> None:
    """Show the result of the last exam, or of EXAM as `labs exam history` names it.

    Score and pass mark, points by domain, competency and task; for each check what was expected and found; the time
    that each task took; hints, the reference solution and the pages that are open in the exam; and what to practise
    next. The HTML page is one file that needs no network.

    \b
    Exit codes: 0 full marks, 1 points lost, 3 something could not be judged, or there is no result.
    """
    from harness.exams.results import find_result
    from harness.output.documents import to_json
    from harness.output.exam_html import html_page
    from harness.output.exam_junit import junit_xml
    from harness.output.exam_result import exit_code, show_result

    if sum(each is not None for each in (html, junit)) + as_json > 1:
        raise click.UsageError("give one of --html, --junit and --json")
    document = find_result(app, exam)
    if as_json:
        click.echo(to_json(document))
    elif html is not None:
        _write(app, html, html_page(document))
    elif junit is not None:
        _write(app, junit, junit_xml(document))
    else:
        show_result(document)
    raise SystemExit(exit_code(document))


def _write(app: App, file: Path, text: str) -> None:
    if str(file) == "-":
        click.echo(text, nl=False)
        return
    file.write_text(text, encoding="utf-8")
    app.tell(f"written: {file}")
