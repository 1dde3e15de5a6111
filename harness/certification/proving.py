"""Shows, step by step and on a live cluster, that a lab is what its folder says."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.certification import bystanders, faulty
from harness.certification.certificate import Certificate, Counts, Problem, Step
from harness.certification.evidence import Evidence
from harness.certification.findings import differing, missed, outcomes, unlike
from harness.exams.claims import stated
from harness.linting import lint
from harness.ways import Way, reference, solutions, stages, wrong
from setup.errors import LabsError

if TYPE_CHECKING:
    from grader.outcomes import Grade
    from harness.certification.bystanders import Take
    from harness.certification.jobs import Job, Order
    from harness.certification.progress import Tell
    from harness.certification.walk import Walk

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

    def certificate(self) -> Certificate:
        """Take every step; what cannot be started is not judged."""
        try:
            if self._take("lint", self._lint) if self.job.whole else not list(self._lint()):
                self._on_a_cluster()
        finally:
            self.walk.end()
        points = self.lab.points if self.steps[:1] and self.steps[0].ok else 0
        return Certificate(
            self.lab.slug, self.job.provider, points, tuple(self.steps), self.counts,
            self.start, self.grade, self.reset, self.memory,
        )  # fmt: skip

    def _on_a_cluster(self) -> None:
        if not self.job.whole:
            self._take("mutants", self._mutants)
            return
        if self._take("start", self._start):
            for name, look in self._live_steps():
                self._take(name, look)

    def _live_steps(self) -> Iterator[tuple[str, Look]]:
        yield "solutions", self._solutions
        yield "wrong ways", self._wrong
        lasting = not self.lab.spec.replaces  # else each clean start is a new cluster, which takes a minute
        if self.order.mutants and lasting:
            yield "mutants", self._mutants
        yield "bystanders", self._bystanders
        yield "reset", self._reset
        yield "time", self._time
        if lasting:
            yield "other values", self._other_values

    def _take(self, name: str, look: Look) -> bool:
        self.tell(self.job, name, 0, 0)
        began, self.shown = time.monotonic(), 0
        problems: list[Problem] = []
        try:
            problems.extend(look())
        except LabsError as error:
            problems.append(Problem(error.what))
        except ConnectionError as error:
            problems.append(Problem(str(error)))
        self.steps.append(Step(name, time.monotonic() - began, self.shown, tuple(problems)))
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
        ways = solutions(self.lab.folder)
        for at, way in enumerate(ways):
            self.tell(self.job, "solutions", at, len(ways))
            yield from self._all_points(way, "solutions")

    def _all_points(self, way: Way, step: str) -> Iterator[Problem]:
        name = f"solutions/{way.name}"
        grade = yield from self._go(way, name, step)
        if missed(grade):
            said = f"{name} gets {grade.points} of {self.lab.points} points"
            yield self._problem(said, grade, set(), step, way.name)

    def _wrong(self) -> Iterator[Problem]:
        ways = wrong(self.lab.folder)
        for at, way in enumerate(ways):
            self.tell(self.job, "wrong ways", at, len(ways))
            grade = yield from self._go(way, f"wrong/{way.name}", "wrong ways")
            wanted = way.expectation()
            if (grade.points, set(missed(grade))) != (wanted.points, set(wanted.fails)):
                said = (
                    f"wrong/{way.name} gets {grade.points} points and misses {', '.join(missed(grade)) or 'nothing'};"
                    f" its file says {wanted.points} and {', '.join(wanted.fails)}"
                )
                yield self._problem(said, grade, set(wanted.fails), "wrong ways", way.name)

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
            owner = self.walk.app.owner_of(self.walk.clean().session)
            owner.reset(self.walk.started.sandbox)
            before = self.take(self.walk.started.sandbox)
            after = self.take(self.walk.clean().sandbox)
            own = [claim.name for claim in stated(self.lab, self.walk.variables()) if claim.kind == "namespace"]
            yield from map(Problem, bystanders.disturbed_by_start(before, after, self.walk.manifests(), own))
        else:
            self.walk.clean()
        self.walk.go(reference(self.lab.folder))
        self.walk.judge()
        solved = self.take(self.walk.started.sandbox)
        self.walk.judge()
        yield from map(Problem, bystanders.disturbed_by_grading(solved, self.take(self.walk.started.sandbox)))
        self.shown = len(solved)

    def _reset(self) -> Iterator[Problem]:
        self.reset = self.walk.clean().seconds
        yield from self._untouched("after a reset", "reset")

    def _time(self) -> Iterator[Problem]:
        self.grade = self.walk.judge().seconds
        most = REPLACED_WITHIN if self.lab.spec.replaces else RESET_WITHIN
        limits = (("start", self.start, START_WITHIN), ("reset", self.reset, most), ("grade", self.grade, GRADE_WITHIN))
        for what, taken, limit in limits:
            self.shown += 1
            if taken > limit:
                yield Problem(f"the {what} took {taken:.1f} s, more than {limit:.0f} s")
        now = self.walk.started
        self.memory = self.walk.app.owner_of(now.session).memory(now.sandbox)

    def _other_values(self) -> Iterator[Problem]:
        """The same with other values of the variables: what holds for one draw need not for the next."""
        self.walk.begin(OTHER_SEED)
        yield from self._untouched("with other values", "other values")
        yield from self._all_points(reference(self.lab.folder), "other values")

    def _go(self, way: Way, name: str, step: str) -> Any:
        """Go one way from a clean start and judge it ``repeat`` + 1 times; yields what differs, returns the grade.

        A wrong way that has a base goes on from where that solution was left, if that was kept.
        """
        if way.base is None or not self.walk.back(f"solutions/{way.base}"):
            self.walk.clean()
            for before in stages(self.lab.folder, way)[:-1]:
                self.walk.go(before)
        self.shown += 1
        self.walk.go(way)
        if step == "solutions" and way.name in (mistake.base for mistake in wrong(self.lab.folder)):
            self.walk.keep(name)
        first = self.walk.judge()
        if not first.trustworthy:
            yield self._problem(f"{name} cannot be judged", first, set(missed(first)), step, way.name)
        for _ in range(self.order.repeat):
            again = self.walk.judge()
            same = outcomes(again) == outcomes(first)
            self.counts += Counts(grades=1, same=int(same))
            if not same:
                objects = self.evidence.keep(self.walk.started.sandbox, step, way.name)
                yield Problem(f"{name} is graded differently the next time", unlike(first, again), objects)
        return first

    def _untouched(self, when: str, step: str) -> Iterator[Problem]:
        grade = self.walk.judge()
        self.shown += len(grade.verdicts)
        everything = {verdict.name for verdict in grade.verdicts}
        if not grade.trustworthy or missed(grade) != [verdict.name for verdict in grade.verdicts]:
            yield self._problem(f"{when}, before any work, a check passes or is broken", grade, everything, step)

    def _problem(self, sentence: str, grade: Grade, wanted: set[str], *place: str) -> Problem:
        """What this grade shows to be wrong; ``wanted`` are the checks that were not to pass."""
        objects = self.evidence.keep(self.walk.started.sandbox, *place)
        return Problem(sentence, differing(grade, wanted), objects)


def unreadable(job: Job, what: str) -> Certificate:
    """The certificate of a lab that nothing could be shown of."""
    return Certificate(job.slug, job.provider, steps=(Step("lint", 0.0, 0, (Problem(what),)),))


def broken_off(job: Job, what: str) -> Certificate:
    """The certificate of a lab, or a share of it, during which the process that judged it ended."""
    found = unreadable(job, what)
    return dataclasses.replace(found, steps=(dataclasses.replace(found.steps[0], name="worker"),))
