"""Labs side by side: each worker is a process of its own, so that no lab's checks can harm another's."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
from collections import Counter
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from harness.certification.certificate import Certificate, merge
from harness.certification.progress import Done
from harness.certification.proving import broken_off
from harness.certification.worker import work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.certification.jobs import Job, Order

ROOM = 3 << 29  # bytes of memory that a worker and its sandbox may need
A_CORE = 3  # workers for each core: much of a proof is waiting for controllers
PATIENCE = 15.0  # seconds for a worker to let go of what it does
CONTEXT = multiprocessing.get_context("spawn")


def most_jobs() -> int:
    """As many workers as the cores keep busy, and as fit into the memory that is free."""
    from harness.memory import available  # noqa: PLC0415  (late: psutil)

    return max(1, min(A_CORE * (os.cpu_count() or 1), available() // ROOM))


@dataclasses.dataclass
class Hand:
    """A worker as its employer sees it: the process, the line to it, what it does, and what its sandbox is for."""

    process: multiprocessing.process.BaseProcess
    line: Connection
    job: Job | None = None
    kind: tuple[str, str] | None = None


class Workers:
    """Gives out jobs and gathers certificates. Each worker has a state folder of its own."""

    def __init__(
        self, order: Order, folders: Sequence[Path], show: Callable[[Any], None], most: Mapping[str, int]
    ) -> None:
        """``show`` is told everything that workers say: Progress, Done, and lines of text.

        ``most`` says how many sandboxes of a provider there is room for, where that is less than there are workers.
        """
        self.order = order
        self.folders = list(folders)
        self.show = show
        self.most = most
        self.hands: list[Hand] = []
        self.done: dict[Job, Certificate] = {}

    def prove(self, jobs: Iterable[Job]) -> dict[Job, Certificate]:
        """The certificates of all jobs, in no order."""
        waiting = list(jobs)
        with self._employed(min(len(self.folders), len(waiting))):
            while waiting or any(hand.job for hand in self.hands):
                for hand in self.hands:
                    if hand.job is None and (job := self._next(hand, waiting)) is not None:
                        waiting.remove(job)
                        self._give(hand, job)
                self._listen()
        return self.done

    def _next(self, hand: Hand, waiting: Sequence[Job]) -> Job | None:
        """The job for this worker: first what its sandbox fits; one provider after the other fills the machine."""
        others = [other for other in self.hands if other is not hand]
        at_work = {other.job.provider for other in others if other.job}
        there = Counter(other.kind[0] for other in others if other.kind)
        able = [
            job
            for job in waiting
            if at_work <= {job.provider} and there[job.provider] < self.most.get(job.provider, len(self.hands))
        ]
        fitting = [job for job in able if (job.provider, job.shape) == hand.kind]
        return next(iter(fitting or able), None)

    def _give(self, hand: Hand, job: Job) -> None:
        hand.job, hand.kind = job, (job.provider, job.shape)
        hand.line.send(job)

    def _listen(self) -> None:
        """Hear what the workers say, at least one of them."""
        for ready in wait([hand.line for hand in self.hands if hand.job]):
            hand = next(hand for hand in self.hands if hand.line is ready)
            try:
                said = hand.line.recv()
            except (EOFError, ConnectionError):
                said = self._lost(hand)
            if isinstance(said, Done):
                self.done[said.job] = said.certificate
                hand.job = None
            self.show(said)

    def _lost(self, hand: Hand) -> Done | str:
        """A worker ended in the middle of a job, as a lab's checks can make it; another one takes its place."""
        hand.process.join(PATIENCE)
        hand.line.close()
        self.hands[self.hands.index(hand)] = dataclasses.replace(self._employ(self.hands.index(hand)), kind=hand.kind)
        what = f"the process that judged it ended with exit code {hand.process.exitcode}"
        return Done(hand.job, broken_off(hand.job, what)) if hand.job is not None else what

    def _employ(self, number: int) -> Hand:
        ours, its = CONTEXT.Pipe()
        order = dataclasses.replace(self.order, state=self.folders[number])
        process = CONTEXT.Process(target=work, args=(its, order), name=f"labs-certify-{number + 1}", daemon=False)
        process.start()
        its.close()
        return Hand(process, ours)

    @contextmanager
    def _employed(self, count: int) -> Iterator[None]:
        """Workers that are gone afterwards, whatever happens."""
        try:
            self.hands = [self._employ(number) for number in range(count)]
            yield
        except BaseException:
            for hand in self.hands:
                hand.process.terminate()
            raise
        finally:
            for hand in self.hands:
                hand.line.close()
            for hand in self.hands:
                hand.process.join(PATIENCE)
                if hand.process.is_alive():
                    hand.process.kill()
                    hand.process.join()


def gathered(planned: Sequence[Job | Certificate], done: dict[Job, Certificate]) -> list[Certificate]:
    """One certificate for each lab and provider, in the order of the plan."""
    found: dict[tuple[str, str], list[Certificate]] = {}
    for each in planned:
        certificate = each if isinstance(each, Certificate) else done[each]
        found.setdefault((each.slug, each.provider), []).append(certificate)
    return [merge(shares) for shares in found.values()]
