"""Shows, step by step and on a live cluster, that a lab is what its folder says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from harness.certification import bystanders
from harness.certification.certificate import Certificate, Step
from harness.certification.mutants import mutants
from harness.certification.survivors import read_survivors
from harness.ending import end
from harness.linting import lint
from harness.rendering import render
from harness.solving import apply_way
from harness.starting import Started, reset, start
from harness.ways import Way, reference, rendered_name, solutions, wrong
from harness.yaml_files import parse, read_text
from setup.errors import LabsError

if TYPE_CHECKING:
    from grader.outcomes import Grade
    from harness.app import App
    from harness.lab import Lab

SEED = 7
START_WITHIN, GRADE_WITHIN, RESET_WITHIN = 60.0, 30.0, 30.0  # seconds; a healthy machine takes a few

Look = Callable[[], Iterator[str]]


@dataclass
class Proof:
    """The state of one lab's certification: its sandbox, and what was counted so far."""

    app: App
    lab: Lab
    provider: str | None
    repeat: int
    with_mutants: bool
    steps: list[Step] = field(default_factory=list)
    shown: int = 0
    mutants: int = 0
    caught: int = 0
    grades: int = 0
    same: int = 0
    memory: int = 0
    started: Started | None = None

    def certificate(self) -> Certificate:
        """Take every step; what cannot be started is not judged."""
        try:
            if self._take("lint", self._lint) and self._take("start", self._start):
                for name, look in self._live_steps():
                    self._take(name, look)
        finally:
            if self.started is not None:
                end(self.app, self.started.session)
        provider = self.started.session.provider if self.started else self.provider or "-"
        counts = (self.mutants, self.caught, self.grades, self.same, self.memory)
        points = self.lab.points if self.steps[0].ok else 0
        return Certificate(self.lab.slug, provider, points, tuple(self.steps), *counts)

    def _live_steps(self) -> Iterator[tuple[str, Look]]:
        yield "solutions", self._solutions
        yield "wrong ways", self._wrong
        if self.with_mutants:
            yield "mutants", self._mutants
        yield "bystanders", self._bystanders
        yield "reset", self._reset
        yield "time", self._time

    def _take(self, name: str, look: Look) -> bool:
        self.app.tell(f"{self.lab.slug}: {name}")
        began, self.shown = time.monotonic(), 0
        problems: list[str] = []
        try:
            problems.extend(look())
        except LabsError as error:
            problems.append(error.what)
        self.steps.append(Step(name, time.monotonic() - began, self.shown, tuple(problems)))
        return not problems

    def _lint(self) -> Iterator[str]:
        shapes = {shape for provider in self.app.providers.values() for shape in provider.shapes}
        self.shown = len(self.lab.checks)
        yield from (str(problem) for problem in lint(self.app.catalog, self.lab.slug, shapes))

    def _start(self) -> Iterator[str]:
        self.started = start(self.app, self.lab, self.provider, SEED, lambda _: False)
        yield from self._untouched("after the start")

    def _solutions(self) -> Iterator[str]:
        for way in solutions(self.lab.folder):
            grade = yield from self._go(way.folder, f"solutions/{way.name}")
            if grade.points != self.lab.points or missed(grade):
                yield f"solutions/{way.name} gets {grade.points} of {self.lab.points} points: {explain(grade)}"

    def _wrong(self) -> Iterator[str]:
        for way in wrong(self.lab.folder):
            grade = yield from self._go(way.folder, f"wrong/{way.name}")
            wanted = way.expectation()
            if (grade.points, set(missed(grade))) != (wanted.points, set(wanted.fails)):
                yield (
                    f"wrong/{way.name} gets {grade.points} points and misses {', '.join(missed(grade)) or 'nothing'};"
                    f" its file says {wanted.points} and {', '.join(wanted.fails)}: {explain(grade)}"
                )

    def _mutants(self) -> Iterator[str]:
        listed = read_survivors(self.lab.folder)
        files = self._rendered(reference(self.lab.folder))
        seen: set[str] = set()
        for mutant in mutants(files):
            self.shown += 1
            self.mutants += 1
            seen.add(mutant.name)
            full = self._full_marks({**files, mutant.file: mutant.text})
            self.caught += not full
            if full and mutant.name not in listed:
                yield f"a mutant gets full marks and mutants.yaml does not say why: {mutant.name}"
            elif not full and mutant.name in listed:
                yield f"mutants.yaml calls a mutant equally right that loses points: {mutant.name}"
        yield from (f"mutants.yaml names a mutant that is none: {name}" for name in sorted(listed.keys() - seen))

    def _bystanders(self) -> Iterator[str]:
        started = self._clean()
        owner = self.app.owner_of(started.session)
        owner.reset(started.sandbox)
        before = bystanders.take(started.sandbox)
        started = self._clean()
        after = bystanders.take(started.sandbox)
        yield from bystanders.disturbed_by_start(before, after, self._manifests())
        apply_way(started.sandbox, self.lab, reference(self.lab.folder).folder, self._variables())
        self._judge()
        solved = bystanders.take(started.sandbox)
        self._judge()
        yield from bystanders.disturbed_by_grading(solved, bystanders.take(started.sandbox))
        self.shown = len(before)

    def _reset(self) -> Iterator[str]:
        self._clean()
        yield from self._untouched("after a reset")

    def _time(self) -> Iterator[str]:
        started = self._clean()
        grade = self._judge()
        taken = {"start": self.steps[1].seconds, "reset": started.seconds, "grade": grade.seconds}
        for what, most in (("start", START_WITHIN), ("reset", RESET_WITHIN), ("grade", GRADE_WITHIN)):
            self.shown += 1
            if taken[what] > most:
                yield f"the {what} took {taken[what]:.1f} s, more than {most:.0f} s"
        self.memory = self.app.owner_of(started.session).memory(started.sandbox)

    def _go(self, folder: Path, name: str) -> Any:
        """Go one way from a clean start and judge it ``repeat`` + 1 times; yields what differs, returns the grade."""
        started = self._clean()
        self.shown += 1
        apply_way(started.sandbox, self.lab, folder, self._variables())
        first = self._judge()
        if not first.trustworthy:
            yield f"{name} cannot be judged: {explain(first)}"
        for _ in range(self.repeat):
            again = self._judge()
            self.grades += 1
            self.same += outcomes(again) == outcomes(first)
            if outcomes(again) != outcomes(first):
                yield f"{name} is graded differently the next time: {explain(first)}; then {explain(again)}"
        return first

    def _full_marks(self, files: dict[str, str]) -> bool:
        """Whether these files, in place of the reference solution's, get full marks; refused ones do not."""
        started = self._clean()
        with TemporaryDirectory(prefix="labs-mutant-") as name:
            folder = Path(name) / "mutant"
            folder.mkdir()
            for file, text in files.items():
                (folder / file).write_text(text, encoding="utf-8")
            with suppress(LabsError):  # kubectl or bash stops there, as for a candidate: what was done is judged
                apply_way(started.sandbox, self.lab, folder, self._variables())
        return not missed(self._judge())

    def _untouched(self, when: str) -> Iterator[str]:
        grade = self._judge()
        self.shown = len(grade.verdicts)
        passed = [verdict.name for verdict in grade.verdicts if verdict.outcome == "passed"]
        if passed or not grade.trustworthy:
            yield f"{when}, before any work: {explain(grade)}; passed: {', '.join(passed) or 'nothing'}"

    def _clean(self) -> Started:
        assert self.started is not None  # noqa: S101 - the step before made it
        session = self.app.session_of(self.lab.slug)
        self.started = reset(self.app, self.lab, session)
        return self.started

    def _judge(self) -> Grade:
        assert self.started is not None  # noqa: S101
        return self.app.judge(self.lab, self.lab.checks, self.started.sandbox, self.started.session)

    def _variables(self) -> Any:
        assert self.started is not None  # noqa: S101
        return self.app.variables(self.started.session, self.started.sandbox)

    def _rendered(self, way: Way) -> dict[str, str]:
        def text(file: Path) -> str:
            content = read_text(file)
            return render(content, self._variables(), str(file)) if file.suffix == ".j2" else content

        return {rendered_name(file): text(file) for file in way.files}

    def _manifests(self) -> list[dict[str, Any]]:
        folder = Way(self.lab.folder / "start")
        found = [parse(text, name) for name, text in self._rendered(folder).items() if name.endswith(".yaml")]
        return [document for documents in found for document in documents]


def missed(grade: Grade) -> list[str]:
    """The checks that did not pass."""
    return [verdict.name for verdict in grade.verdicts if verdict.outcome != "passed"]


def outcomes(grade: Grade) -> list[tuple[str, str]]:
    """What must be the same when asked again."""
    return [(verdict.name, str(verdict.outcome)) for verdict in grade.verdicts]


def explain(grade: Grade) -> str:
    """The checks that did not pass, each with the first line of why."""
    lines = [f"{each.name} {each.outcome}: {each.why.splitlines()[0] if each.why else ''}" for each in grade.verdicts]
    return "; ".join(line for line, each in zip(lines, grade.verdicts, strict=True) if each.outcome != "passed") or "-"
