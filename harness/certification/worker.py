"""A process that proves one share of a lab after the other, on one sandbox while they want the same kind."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from harness.certification.progress import Done, Progress
from harness.certification.proving import Proof, unreadable
from harness.certification.walk import Walk
from setup.errors import LabsError
from setup.processes import die_with_parent
from setup.providers.embedded.components import COLLECTOR

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from harness.app import App
    from harness.certification.certificate import Certificate
    from harness.certification.jobs import Job, Order

PERCENT = "400"  # garbage of control planes that work without a pause: memory for time
LANGUAGE = "fr_FR.UTF-8"  # kubectl packs its messages at each start, half its time; here there are few, of help only


def work(orders: Connection, order: Order) -> None:
    """Take jobs from ``orders`` and answer with Progress, lines of text, and Done for each.

    Told to end (SIGTERM), it lets go of what it was doing; Ctrl-C is for who gave the orders.
    """
    die_with_parent()
    os.environ[COLLECTOR] = PERCENT  # of kubectl too
    os.environ["LC_MESSAGES"] = LANGUAGE
    signal.signal(signal.SIGINT, lambda *_: None)  # not ignored: its children would inherit that
    signal.signal(signal.SIGTERM, _leave)
    worker = Worker(orders, order)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while (job := orders.recv()) is not None:
            orders.send(Done(job, worker.prove(job)))


def _leave(number: int, _: Any) -> NoReturn:
    sys.exit(128 + number)


class Worker:
    """The app that this process works with, and the kind of sandbox that it has."""

    def __init__(self, orders: Connection, order: Order) -> None:
        from harness.app import App, LateProviders  # noqa: PLC0415  (in a process of its own)
        from harness.catalog import Catalog  # noqa: PLC0415

        self.orders = orders
        self.order = order
        providers = LateProviders(order.state, order.cache)
        self.app: App = App(Catalog(order.roots), order.state, order.cache, providers, tell=orders.send)
        self.kept: tuple[str, str] | None = None
        self._stop()  # what a worker that ended in this folder before has left

    def prove(self, job: Job) -> Certificate:
        """The certificate of this share."""
        try:
            self._make_room(job)
            walk = Walk(self.app, self.app.catalog.get(job.slug), job.provider)
            return Proof(walk, job, self.order, self._tell).certificate()
        except LabsError as error:
            return unreadable(job, error.what)

    def _make_room(self, job: Job) -> None:
        """A sandbox of another kind goes before the next is made: two need not have room."""
        wanted = (job.provider, job.shape)
        if self.kept not in (None, wanted):
            self._stop()
        self.kept = wanted

    def _stop(self) -> None:
        from harness.ending import stop_all  # noqa: PLC0415  (late: rarely)

        stop_all(self.app)

    def _tell(self, job: Job, step: str, at: int, of: int) -> None:
        self.orders.send(Progress(job, step, at, of))
