"""A lab's solutions and wrong ways, each gone from where it begins and graded: what differs from the lab's files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from harness.certification.certificate import Counts, Problem
from harness.certification.findings import differing, missed, outcomes, unlike
from harness.ways import Way, solutions, stages, wrong
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from grader.outcomes import Grade
    from harness.certification.bystanders import Take
    from harness.certification.evidence import Evidence
    from harness.certification.walk import Walk
    from setup.dump import Dump

SOLUTIONS, WRONG = "solutions", "wrong ways"
START = "start"  # the name under which the clean start is kept


@dataclass
class Graded:
    """Goes the ways of one lab; each is graded ``repeat`` times again (0: each solution once), and must get the same.

    ``solved`` are all objects between the first solution's first grade and its last. ``shown`` counts the ways gone, by
    step.
    """

    walk: Walk
    evidence: Evidence
    repeat: int
    take: Take
    counts: Counts = field(default_factory=Counts)
    shown: Counter[str] = field(default_factory=Counter)
    solved: tuple[Dump, Dump] | None = None
    ahead: dict[Way, list[Problem]] = field(default_factory=dict)

    def solutions(self, tell: Callable[[int, int], None]) -> Iterator[Problem]:
        """Each must get all points. ``tell`` hears which one is at its turn, of how many."""
        ways = solutions(self.walk.lab.folder)
        for at, way in enumerate(ways):
            tell(at, len(ways))
            yield from self.all_points(way, SOLUTIONS)
            self._go_on_from(way)

    def all_points(self, way: Way, step: str) -> Iterator[Problem]:
        """What keeps this solution from all points."""
        grade = yield from self._go(way, step)
        if missed(grade):
            said = f"{_place(way)} gets {grade.points} of {grade.possible} points"
            yield self.problem(said, grade, set(), step, way.name)

    def wrong(self, tell: Callable[[int, int], None]) -> Iterator[Problem]:
        """Each must get exactly what its file says.

        On real nodes a clean start waits for pods: the ways that begin there share one, where its state can be kept.
        """
        if self.walk.pods_run and sum(not before for before in self._bases.values()) > 1:
            self._begin_anew()
            self.walk.keep(START)
        ways = sorted(self._bases, key=lambda way: len(self._bases[way]))
        for at, way in enumerate(ways):
            tell(at, len(ways))
            found = self.ahead.get(way)
            yield from self._mistake(way) if found is None else found

    def problem(self, sentence: str, grade: Grade, wanted: set[str], *place: str) -> Problem:
        """What this grade shows to be wrong; ``wanted`` are the checks that were not to pass."""
        objects = self.evidence.keep(self.walk.started.sandbox, *place)
        return Problem(sentence, differing(grade, wanted), objects)

    def _go_on_from(self, way: Way) -> None:
        """Go a wrong way that begins at the end of this one, now that it is reached.

        Where a state cannot be kept, all of it would have to be gone again.
        """
        for mistake in self._after(way)[:1]:
            self.ahead[mistake] = list(to_the_end(self._mistake(mistake)))

    def _mistake(self, way: Way) -> Iterator[Problem]:
        grade = yield from self._go(way, WRONG)
        wanted = way.expectation()
        if (grade.points, set(missed(grade))) != (wanted.points, set(wanted.fails)):
            said = (
                f"{_place(way)} gets {grade.points} points and misses {', '.join(missed(grade)) or 'nothing'};"
                f" its file says {wanted.points} and {', '.join(wanted.fails)}"
            )
            yield self.problem(said, grade, set(wanted.fails), WRONG, way.name)
        self._go_on_from(way)

    def _go(self, way: Way, step: str) -> Generator[Problem, None, Grade]:
        """Go one way from where it begins and grade it; yields what differs the next time, returns the grade."""
        self._begin(way)
        self.shown[step] += 1
        done = self._stop_on(way) if step in (SOLUTIONS, WRONG) else 0
        self.walk.go(way, part=slice(done, None))
        if step in (SOLUTIONS, WRONG) and len(self._after(way)) > 1:
            self.walk.keep(_place(way))
        first = self.walk.judge()
        if not first.trustworthy:
            yield self.problem(f"{_place(way)} cannot be judged", first, set(missed(first)), step, way.name)
        before = self.take(self.walk.started.sandbox) if self.solved is None else None
        for _ in range(self.repeat or int(step != WRONG)):
            again = self.walk.judge()
            same = outcomes(again) == outcomes(first)
            self.counts += Counts(grades=1, same=int(same))
            if not same:
                objects = self.evidence.keep(self.walk.started.sandbox, step, way.name)
                yield Problem(f"{_place(way)} is graded differently the next time", unlike(first, again), objects)
        if before is not None:
            self.solved = before, self.take(self.walk.started.sandbox)
        return first

    def _stop_on(self, way: Way) -> int:
        """Go as far as wrong ways stop on this one, and judge those that stay there; how many files are done."""
        stops = {before[-1] for before in self._bases.values() if before and before[-1].folder == way.folder}
        done = 0
        for stop in sorted(stops - {way}, key=lambda each: len(each.files)):
            self.walk.go(stop, part=slice(done, None))
            done = len(stop.files)
            for mistake in self._after(stop):
                if mistake.files:
                    self.walk.keep(_place(stop))
                else:
                    self.ahead[mistake] = list(to_the_end(self._mistake(mistake)))
        return done

    def _begin(self, way: Way) -> None:
        """The clean start, or the end of the way's base: as it is now, as it was kept, or gone to once more."""
        before = self._bases.get(way, ())
        if self.walk.gone == before or self.walk.back(_place(before[-1]) if before else START):
            return
        self._begin_anew()
        for each in before:
            self.walk.go(each)

    def _begin_anew(self) -> None:
        if self.walk.gone:
            self.walk.clean()

    @cached_property
    def _bases(self) -> dict[Way, tuple[Way, ...]]:
        """The wrong ways, each with what is done before it."""
        lab = self.walk.lab.folder
        return {way: tuple(each for each in stages(lab, way)[:-1] if each.files) for way in wrong(lab)}

    def _after(self, way: Way) -> list[Way]:
        """The wrong ways that begin where this one ends."""
        return [each for each, before in self._bases.items() if before[-1:] == (way,)]


def _place(way: Way) -> str:
    return "/".join((way.folder.parent.name, way.name, *([way.last] if way.last else [])))


def to_the_end(problems: Iterable[Problem]) -> Iterator[Problem]:
    """These problems; what ends the search for them is the last."""
    try:
        yield from problems
    except LabsError as error:
        yield Problem(error.what)
    except ConnectionError as error:
        yield Problem(str(error))
