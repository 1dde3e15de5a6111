"""Labs side by side: each worker is a process of its own, so that no lab's checks can harm another's."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.app import App
    from harness.certification.certificate import Certificate

ROOM = 1 << 30  # bytes of memory that a worker and its sandbox may need


@dataclass(frozen=True)
class Order:
    """What is to be proved of each lab, and where."""

    roots: tuple[Path, ...]
    state: Path
    cache: Path
    provider: str | None
    repeat: int
    mutants: bool


def most_jobs() -> int:
    """As many workers as there are cores, and as fit into the memory that is free."""
    from harness.memory import available  # noqa: PLC0415  (late: psutil)

    return max(1, min(os.cpu_count() or 1, available() // ROOM))


def certify(app: App, order: Order, slugs: Sequence[str], jobs: int) -> list[Certificate]:
    """The certificates of these labs, in their order. ``jobs`` labs are proved at a time, the largest first."""
    if jobs == 1 or len(slugs) == 1:
        return [_certify_one(order, slug) for slug in slugs]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(slugs)), mp_context=context) as pool:
        largest_first = sorted(slugs, key=lambda slug: -app.catalog.get(slug).spec.minutes)
        futures = {slug: pool.submit(_certify_one, order, slug) for slug in largest_first}
        return [futures[slug].result() for slug in slugs]


def _certify_one(order: Order, slug: str) -> Certificate:
    from harness.app import App, LateProviders  # noqa: PLC0415  (in a process of its own)
    from harness.catalog import Catalog  # noqa: PLC0415
    from harness.certification.proving import Proof  # noqa: PLC0415

    app = App(Catalog(order.roots), order.state, order.cache, LateProviders(order.state, order.cache))
    return Proof(app, app.catalog.get(slug), order.provider, order.repeat, order.mutants).certificate()
