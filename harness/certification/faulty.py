"""Trying a lab's mutants: each, in place of the reference solution, must lose points, or be listed with a reason."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from harness.certification.course import Course
from harness.certification.effects import about, no_effect
from harness.certification.findings import differing, missed
from harness.certification.naming import distinct, named
from harness.certification.survivors import read_survivors
from harness.certification.walk import texts
from harness.task import EXAMPLE
from harness.variables import draw
from harness.ways import reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.outcomes import Grade
    from harness.certification.bystanders import Take
    from harness.certification.certificate import Finding
    from harness.certification.jobs import Job
    from harness.certification.mutants import Mutant
    from harness.certification.walk import Walk
    from harness.lab import Lab
    from setup.dump import Dump

NAMING_SEEDS = range(8)
PATIENT = 5.0  # times as long as a fault may take


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


def trials(walk: Walk, job: Job, seed: int, take: Take) -> Iterator[tuple[int, int, Verdict]]:
    """Try this share of the mutants; each with its number and how many there are.

    The unmutated way comes first, and last from each checkpoint that was used: it must get everything. ``take`` gives
    all objects of a sandbox: a fault that leaves the object that it is about just as the unmutated way does is none.
    """
    if job.whole:
        walk.clean()
    else:
        walk.begin(seed)
    course = Course(walk, take)
    mine = distinct(course.files, named(course.files, _draws(walk.lab)))[job.share :: job.shares]
    course.go({mutant.file for mutant in mine})
    control = walk.judge()
    right = take(walk.started.sandbox)
    if missed(control):
        yield 0, len(mine), _unmutated("here", control)
        return
    listed = read_survivors(walk.lab.folder)
    for at, mutant in enumerate(mine, 1):
        grade = _tried(course, mutant, mutant.name in listed)
        verdict = _verdict(mutant, grade, listed) if grade else None
        if verdict is None or (verdict.lives and no_effect(mutant, right, take(walk.started.sandbox))):
            verdict = Verdict(mutant.name, counted=1, equal=1)
        yield at, len(mine), verdict
    for file in course.beginnings():
        course.again(file, course.files[file], PATIENT)
        if missed(control := walk.judge()):
            yield len(mine), len(mine), _unmutated(f"from {file} on, after all mutants", control)


def _unmutated(where: str, grade: Grade) -> Verdict:
    said = f"the unmutated reference gets {grade.points} of {grade.possible} points {where}"
    return Verdict("unmutated", problem=said, findings=differing(grade, ()))


def _tried(course: Course, mutant: Mutant, listed: bool) -> Grade | None:
    """The grade of this fault; one that is said to be right gets more time before it counts as wrong.

    None where its file leaves the object that it is about as the unmutated file does.
    """
    for patience in (1.0, PATIENT) if listed else (1.0,):  # the machine may have become busy
        if not course.again(mutant.file, mutant.text, patience, partial(_shows, course, mutant)):
            return None
        grade = hasty(course.walk)
        if not grade.trustworthy:
            grade = course.walk.judge()
        if not missed(grade):
            break
    return grade


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


def _shows(course: Course, mutant: Mutant, right: Dump) -> bool:
    """Whether the object that the fault is about differs from ``right``, or may."""
    like = about(mutant, right)
    return not like or not no_effect(mutant, right, course.take(course.walk.started.sandbox, like.keys()))


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
