"""A certification from its beginning to its end: planned, given to workers, gathered."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.certification.jobs import Job, Order, plan
from harness.certification.stage import stage
from harness.certification.workers import Workers, gathered, most_jobs

if TYPE_CHECKING:
    from pathlib import Path

    from harness.app import App
    from harness.certification.certificate import Certificate


@dataclass(frozen=True)
class Wish:
    """What is to be proved: the options of `labs certify`, ``report`` a folder that is there."""

    slugs: tuple[str, ...] = ()
    provider: str | None = None
    everywhere: bool = False
    repeat: int = 1
    mutants: bool = True
    jobs: int | None = None
    report: Path | None = None


def certify(app: App, wish: Wish) -> tuple[list[Certificate], float]:
    """The certificates, in the labs' order, and the seconds that all of it took. BusyError while another is at it."""
    from harness.output.watching import Watch  # noqa: PLC0415  (late: rich)

    began = time.monotonic()
    count = wish.jobs or most_jobs()
    planned = list(plan(app, wish.slugs, wish.provider, everywhere=wish.everywhere, shares=wish.mutants and count > 1))
    jobs = [each for each in planned if isinstance(each, Job)]
    if not jobs:
        return gathered(planned, {}), time.monotonic() - began
    with stage(app, count) as folders, Watch(jobs) as watch:
        order = Order(app.catalog.roots, app.state, app.cache, wish.repeat, wish.mutants, wish.report)
        done = Workers(order, folders, watch.show).prove(_longest_first(jobs))
    return gathered(planned, done), time.monotonic() - began


def _longest_first(jobs: list[Job]) -> list[Job]:
    """Labs in one share first, then those that take all the steps, then the shares of mutants, which are short."""
    return sorted(jobs, key=lambda job: (job.shares > 1, job.share))
