"""`labs start`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from harness.cli.lab_type import LAB

if TYPE_CHECKING:
    from harness.app import App
    from harness.session import Session


@click.command("start")
@click.argument("slug", metavar="LAB", type=LAB)
@click.option("--provider", metavar="P", help="Run on this provider instead of the cheapest that will do.")
@click.option("--seed", metavar="N", type=click.IntRange(min=0), help="Draw names and numbers from this seed.")
@click.option("--keep/--end", default=None, help="Keep or end the lab that is open now; asked for on a terminal.")
@click.option(
    "--spare/--no-spare",
    default=None,
    help="Prepare one more cluster in the background, for a quick reset; by default where the lab needs a new one"
    " for it and memory allows.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def start_command(
    app: App, slug: str, provider: str | None, seed: int | None, keep: bool | None, spare: bool | None, as_json: bool
) -> None:
    """Start LAB, or go on with it if it is open.

    A sandbox that runs and is free is taken, else a new one is made. The task is printed once the
    starting state is there and no check passes yet. If LAB is open already, its work is left as it is;
    a sandbox that died is brought back.

    If another lab is open, --keep leaves it as it is and takes another sandbox, --end ends it and takes
    its sandbox. Without a terminal to ask on it is kept.

    \b
      labs start 07-rbac
      labs start rbac --seed 42 --end
    """
    from harness.output.documents import started_document, to_json
    from harness.output.task import show_task
    from harness.starting import prepare_spare, start
    from harness.task import render_task

    asks = keep is None and not as_json and sys.stdin.isatty() and sys.stderr.isatty()
    started = start(app, app.catalog.get(slug), provider, seed, _ask if asks else lambda _: keep is False)
    prepare_spare(app, started, spare)
    task = render_task(started.lab, app.variables(started.session, started.sandbox))
    if as_json:
        click.echo(to_json(started_document(started, task)))
        return
    if not started.fresh:
        app.tell(f"{slug} is open already; your work is left as it is (`labs reset` gives a clean start)")
    show_task(task, started.lab.spec.title, started.lab.spec.minutes, steps=True)


def _ask(other: Session) -> bool:
    return click.confirm(f"{other.lab} is still open. End it? Its work is gone then", default=False, err=True)
