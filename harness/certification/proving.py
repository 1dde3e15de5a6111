"""Shows, step by step and on a live cluster, that a lab is what its folder says."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from harness.certification import bystanders, faulty
from harness.certification.certificate import Certificate, Counts, Problem, Step
from harness.certification.evidence import Evidence
from harness.certification.findings import missed
from harness.certification.graded import SOLUTIONS, WRONG, Graded, to_the_end
from harness.exams.claims import stated
from harness.linting import lint
from harness.ways import reference
from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.certification.bystanders import Take
    from harness.certification.jobs import Job, Order
    from harness.certification.progress import Tell
    from harness.certification.walk import Walk

OTHER = "other values"
SEED, OTHER_SEED = 7, 1234
START_WITHIN, GRADE_WITHIN, RESET_WITHIN = 60.0, 30.0, 60.0  # seconds; a healthy machine takes a few
REPLACED_WITHIN = 600.0  # a lab that replaces its cluster gets a new one, if no spare is ready

Look = Callable[[], Iterator[Problem]]


@dataclass
class Proof:
    """The state of one lab's certification: its way, and what was counted so far.

    The first share of a lab takes every step; the others judge their part of the mutants, no more.
    """

    walk: Walk
    job: Job
    order: Order
    tell: Tell
    steps: list[Step] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    shown: int = 0
    start: float = 0.0
    reset: float = 0.0
    grade: float = 0.0
    memory: int = 0
    take: Take = bystanders.take

    def __post_init__(self) -> None:
        """Make what follows from the order."""
        self.lab = self.walk.lab
        self.evidence = Evidence(self.order.report, self.lab.slug, self.take)
        self.graded = Graded(self.walk, self.evidence, self.order.repeat, self.take)

    def certificate(self) -> Certificate:
        """Take every step; what cannot be started is not judged."""
        try:
            if self._take("lint", self._lint):
                self._on_a_cluster()
        finally:
            self.walk.end()
        points = self.lab.points if self.steps[:1] and self.steps[0].ok else 0
        return Certificate(
            self.lab.slug, self.job.provider, points, tuple(self.steps), self.counts + self.graded.counts,
            self.start, self.grade, self.reset, self.memory,
        )  # fmt: skip

    def _on_a_cluster(self) -> None:
        if not self.job.whole:
            self.steps.clear()  # the first share tells of the lint
            self._take("mutants", self._mutants)
            return
        if self._take("start", self._start):
            for name, look in self._live_steps():
                self._take(name, look)

    def _live_steps(self) -> Iterator[tuple[str, Look]]:
        yield SOLUTIONS, self._solutions
        yield "reset", self._reset  # a clean start: what goes on from there need not make another
        yield WRONG, self._wrong
        lasting = not self.lab.spec.replaces  # else each clean start is a new cluster, which takes a minute
        if self.order.mutants and lasting:
            yield "mutants", self._mutants
        yield "bystanders", self._bystanders
        yield "time", self._time
        if lasting:
            yield OTHER, self._other_values

    def _take(self, name: str, look: Look) -> bool:
        self.tell(self.job, name, 0, 0)
        began, self.shown = time.monotonic(), 0
        problems = tuple(to_the_end(look()))
        self.steps.append(Step(name, time.monotonic() - began, self.shown, problems))
        return not problems

    def _lint(self) -> Iterator[Problem]:
        shapes = {shape for provider in self.walk.app.providers.values() for shape in provider.shapes}
        problems = lint(self.walk.app.catalog, self.lab.slug, shapes)
        if not problems:
            self.shown = len(self.lab.checks)
        yield from (Problem(str(problem)) for problem in problems)

    def _start(self) -> Iterator[Problem]:
        self.start = self.walk.begin(SEED).seconds_on_cluster  # making the cluster is not the lab's
        yield from self._untouched("after the start", "start")

    def _solutions(self) -> Iterator[Problem]:
        yield from self.graded.solutions(partial(self.tell, self.job, SOLUTIONS))
        self.shown = self.graded.shown[SOLUTIONS]

    def _wrong(self) -> Iterator[Problem]:
        yield from self.graded.wrong(partial(self.tell, self.job, WRONG))
        self.shown = self.graded.shown[WRONG]

    def _mutants(self) -> Iterator[Problem]:
        for at, of, verdict in faulty.trials(self.walk, self.job, SEED, self.take):
            self.tell(self.job, "mutants", at, of)
            self.shown += verdict.counted
            self.counts += Counts(verdict.counted, verdict.caught, verdict.equal)
            if verdict.problem:
                objects = self.evidence.keep(self.walk.started.sandbox, "mutants", verdict.name)
                yield Problem(verdict.problem, verdict.findings, objects)

    def _bystanders(self) -> Iterator[Problem]:
        if not self.lab.spec.replaces:  # else before and after are two clusters
            now = self.walk.started
            self.walk.app.owner_of(now.session).reset(now.sandbox)
            before = self.take(now.sandbox)
            after = self.take(self.walk.clean().sandbox)
            own = [claim.name for claim in stated(self.lab, self.walk.variables()) if claim.kind == "namespace"]
            yield from map(Problem, bystanders.disturbed_by_start(before, after, self.walk.manifests(), own))
        if self.graded.solved is None:
            raise LabsError("no solution was graded")
        yield from map(Problem, bystanders.disturbed_by_grading(*self.graded.solved))
        self.shown = len(self.graded.solved[0])

    def _reset(self) -> Iterator[Problem]:
        self.reset = self.walk.clean().seconds
        yield from self._untouched("after a reset", "reset")
        now = self.walk.started
        self.memory = self.walk.app.owner_of(now.session).memory(now.sandbox)

    def _time(self) -> Iterator[Problem]:
        most = REPLACED_WITHIN if self.lab.spec.replaces else RESET_WITHIN
        limits = (("start", self.start, START_WITHIN), ("reset", self.reset, most), ("grade", self.grade, GRADE_WITHIN))
        for what, taken, limit in limits:
            self.shown += 1
            if taken > limit:
                yield Problem(f"the {what} took {taken:.1f} s, more than {limit:.0f} s")

    def _other_values(self) -> Iterator[Problem]:
        """The same with other values of the variables: what holds for one draw need not for the next."""
        self.walk.begin(OTHER_SEED)
        yield from self._untouched("with other values", OTHER)
        yield from self.graded.all_points(reference(self.lab.folder), OTHER)
        self.shown += self.graded.shown[OTHER]

    def _untouched(self, when: str, step: str) -> Iterator[Problem]:
        grade = self.walk.judge()
        self.grade = grade.seconds
        self.shown += len(grade.verdicts)
        everything = {verdict.name for verdict in grade.verdicts}
        if not grade.trustworthy or missed(grade) != [verdict.name for verdict in grade.verdicts]:
            yield self.graded.problem(f"{when}, before any work, a check passes or is broken", grade, everything, step)


def unreadable(job: Job, what: str) -> Certificate:
    """The certificate of a lab that nothing could be shown of."""
    return Certificate(job.slug, job.provider, steps=(Step("lint", 0.0, 0, (Problem(what),)),))


def broken_off(job: Job, what: str) -> Certificate:
    """The certificate of a lab, or a share of it, during which the process that judged it ended."""
    found = unreadable(job, what)
    return dataclasses.replace(found, steps=(dataclasses.replace(found.steps[0], name="worker"),))
