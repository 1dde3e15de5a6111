"""A certification from its beginning to its end: planned, given to workers, gathered."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.certification.durations import Durations
from harness.certification.jobs import LARGE, Job, Order, plan
from harness.certification.stage import stage
from harness.certification.workers import Workers, gathered, most_jobs
from setup.providers.load import Load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.app import App
    from harness.certification.certificate import Certificate


@dataclass(frozen=True)
class Wish:
    """What is to be proved: the options of `labs certify`, ``report`` a folder that is there."""

    slugs: tuple[str, ...] = ()
    provider: str | None = None
    everywhere: bool = False
    repeat: int = 0
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
        durations = Durations(app.cache, mutants=wish.mutants)
        workers = Workers(order, folders, watch.show, {LARGE: _at_once(app, jobs)})
        done = workers.prove(_longest_first(jobs, durations.of))
        durations.keep(done)
    return gathered(planned, done), time.monotonic() - began


def _at_once(app: App, jobs: list[Job]) -> int:
    """How many clusters of real nodes this machine holds, of the largest shape that is asked for.

    One more than it has cores: where nodes are upgraded or rollouts watched, most of the time is waiting.
    """
    shapes = {job.shape for job in jobs if job.provider == LARGE}
    if not shapes:
        return 1
    provider = app.providers[LARGE]
    largest = max(shapes, key=lambda shape: provider.load((shape,)).memory)
    counts = range((os.cpu_count() or 1) + 1, 1, -1)
    return next((n for n in counts if provider.crowded((largest,) * n, Load()) is None), 1)


def _longest_first(jobs: list[Job], seconds: Callable[[Job], float]) -> list[Job]:
    """What took longest first, then as the plan has it: labs in one share, all the steps of others, more mutants.

    Before all, those whose clusters no other lab can use; in the end, those that leave a cluster of others useless.
    """
    users = Counter((job.provider, job.shape) for job in jobs if not job.replaces)

    def rank(job: Job) -> tuple[int, float, bool, int]:
        used = users[(job.provider, job.shape)] > 0
        return used + (used and job.replaces), -seconds(job), job.shares > 1, job.share

    return sorted(jobs, key=rank)
