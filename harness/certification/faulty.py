"""Trying a lab's mutants: each, in place of the reference solution, must lose points, or be listed with a reason."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from harness.certification.effects import no_effect
from harness.certification.findings import differing, missed
from harness.certification.naming import distinct, named
from harness.certification.survivors import read_survivors
from harness.certification.walk import texts
from harness.task import EXAMPLE
from harness.variables import draw
from harness.ways import reference
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.outcomes import Grade
    from harness.certification.certificate import Finding
    from harness.certification.jobs import Job
    from harness.certification.mutants import Mutant
    from harness.certification.walk import Walk
    from harness.lab import Lab
    from setup.dump import Dump
    from setup.sandbox import Sandbox

NAMING_SEEDS = range(8)
PATIENT = 5.0  # times the limit
TIMES, SPARE = 2.0, 2.0  # a mutant may take so many times as long as the unmutated way, and so many seconds more


@dataclass(frozen=True)
class Verdict:
    """How one mutant fared; all empty for the unmutated way, when it did as it must."""

    name: str = ""
    counted: int = 0
    caught: int = 0
    equal: int = 0
    problem: str = ""
    findings: tuple[Finding, ...] = ()
    lives: bool = False


def example_mutants(lab: Lab) -> list[Mutant]:
    """The mutants with example values, which needs no cluster; LabsError when the solution cannot be read."""
    draws = _draws(lab)
    return distinct(draws[0], named(draws[0], draws))


def names(lab: Lab) -> set[str]:
    """The names that mutants.yaml may list."""
    draws = _draws(lab)
    return {mutant.name for mutant in named(draws[0], draws)}


def trials(walk: Walk, job: Job, seed: int, take: Callable[[Sandbox], Dump]) -> Iterator[tuple[int, int, Verdict]]:
    """Try this share of the mutants; each with its number and how many there are.

    The unmutated way comes first. It must get everything, and the time it takes bounds that of the others: many a
    mutant would wait for a state that never comes. ``take`` gives all objects of a sandbox: a fault that leaves the
    object that it is about just as the unmutated way does is none.
    """
    if not job.whole:
        walk.begin(seed)
    walk.clean()
    way = reference(walk.lab.folder)
    limit = TIMES * walk.go(way.folder) + SPARE
    control = walk.judge()
    right = take(walk.started.sandbox)
    files = walk.rendered(way)
    mine = distinct(files, named(files, _draws(walk.lab)))[job.share :: job.shares]
    if missed(control):
        said = f"the unmutated reference gets {control.points} of {control.possible} points here"
        yield 0, len(mine), Verdict("unmutated", problem=said, findings=differing(control, ()))
        return
    listed = read_survivors(walk.lab.folder)
    for at, mutant in enumerate(mine, 1):
        mutated = {**files, mutant.file: mutant.text}
        grade = _judged(walk, mutated, limit)
        if mutant.name in listed and missed(grade):
            grade = _judged(walk, mutated, PATIENT * limit)  # was it the limit? The machine may have become busy
        verdict = _verdict(mutant, grade, listed)
        if verdict.lives and no_effect(mutant, right, take(walk.started.sandbox)):
            verdict = Verdict(mutant.name, counted=1, equal=1)
        yield at, len(mine), verdict


def _verdict(mutant: Mutant, grade: Grade, listed: Mapping[str, str]) -> Verdict:
    name = mutant.name
    if not grade.trustworthy:
        said = f"a mutant cannot be judged: {name}"
        return Verdict(name, counted=1, problem=said, findings=differing(grade, missed(grade)))
    if missed(grade):
        said = f"mutants.yaml calls a mutant equally right that loses points: {name}" if name in listed else ""
        return Verdict(name, counted=1, caught=1, problem=said, findings=differing(grade, ()) if said else ())
    said = "" if name in listed else f"a mutant gets full marks and mutants.yaml does not say why: {name}"
    return Verdict(name, counted=1, equal=int(name in listed), problem=said, lives=True)


def _judged(walk: Walk, files: Mapping[str, str], limit: float) -> Grade:
    """The grade of these files, gone as a candidate would: where kubectl or bash stops, what was done is judged."""
    walk.clean()
    with TemporaryDirectory(prefix="labs-mutant-") as name:
        folder = Path(name) / "mutant"
        folder.mkdir()
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        with suppress(LabsError):
            walk.go(folder, limit)
    grade = hasty(walk)
    return grade if grade.trustworthy else walk.judge()


def hasty(walk: Walk) -> Grade:
    """A grade that waits for nothing, if points are lost already by a check that would not wait; else a full one."""
    checks = walk.lab.checks
    patient = {check.name for check in checks if check.within}
    for check in checks:  # in the file's order, so what a check comes after is known
        patient |= {check.name} if patient.intersection(check.after) else set()
    grade = walk.judge([dataclasses.replace(check, within=None) for check in checks])
    lost = set(missed(grade)) - patient
    return grade if lost or not missed(grade) else walk.judge()


def _draws(lab: Lab) -> list[dict[str, str]]:
    """The reference solution filled in with several values of each variable, also of those that are given."""
    way = reference(lab.folder)
    drawn = [draw(lab.spec.variables, lab.slug, seed) for seed in NAMING_SEEDS]
    given = [{key: f"{value}-{seed}" for key, value in EXAMPLE.items()} | {"lab": lab.slug} for seed in NAMING_SEEDS]
    return [texts(way, {**own, **other}) for own, other in zip(drawn, given, strict=True)]
