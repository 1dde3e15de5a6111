"""What was shown of each lab: the document for programs, and the table for people."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from harness.certification.certificate import Counts
from harness.output.tables import MIB, show_table
from harness.output.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.certification.certificate import Certificate, Problem, Step


def certificates_document(certificates: Sequence[Certificate], seconds: float) -> dict[str, Any]:
    """``labs certify``: seconds of each step and of the whole, memory in bytes, shares from 0 to 1."""
    counts = total(certificates)
    return {
        "ok": all(each.ok for each in certificates),
        "seconds": round(seconds, 3),
        "labs": [_document(each) for each in certificates],
    } | _counted(counts)


def total(certificates: Sequence[Certificate]) -> Counts:
    """The counts of all of them together."""
    return sum((each.counts for each in certificates), Counts())


def _document(certificate: Certificate) -> dict[str, Any]:
    found = dataclasses.asdict(certificate) | _counted(certificate.counts)
    del found["counts"]
    steps = [
        {**dataclasses.asdict(step), "ok": step.ok, "seconds": round(step.seconds, 3)} for step in certificate.steps
    ]
    times = {name: round(found[name], 3) for name in ("start", "grade", "reset")}
    return found | times | {"ok": certificate.ok, "seconds": round(certificate.seconds, 3), "steps": steps}


def _counted(counts: Counts) -> dict[str, Any]:
    return dataclasses.asdict(counts) | {"score": counts.score, "stability": counts.stability}


def show(certificates: Sequence[Certificate], seconds: float) -> None:
    """A table with one line a lab, every problem under it, and one line about the whole."""
    head = ("", "lab", "on", "points", "steps", "start", "grade", "reset", "mutants", "same grades", "memory", "took")
    show_table(head, [cells(each) for each in certificates])
    for certificate in certificates:
        for line in _problems(certificate):
            say(line)
    say(summary(certificates, seconds))


def cells(certificate: Certificate) -> tuple[str, ...]:
    """A lab's line of the table."""
    counts = certificate.counts
    if certificate.obstacle:
        return ("-", certificate.slug, certificate.provider, *[""] * 9)
    steps = certificate.steps
    return (
        "ok" if certificate.ok else "NO",
        certificate.slug,
        certificate.provider,
        str(certificate.points),
        f"{sum(step.ok for step in steps)} of {len(steps)}",
        *(f"{seconds:.1f} s" for seconds in (certificate.start, certificate.grade, certificate.reset)),
        mutation(counts),
        f"{counts.same} of {counts.grades}" if counts.grades else "",
        f"{certificate.memory / MIB:.0f} MiB" if certificate.memory else "",
        f"{certificate.seconds:.0f} s",
    )


def mutation(counts: Counts) -> str:
    """How many mutants were caught, of those that are not equally right."""
    if not counts.mutants:
        return ""
    equal = f" + {counts.equal} equal" if counts.equal else ""
    return f"{counts.caught} of {counts.mutants - counts.equal}{equal}"


def percent(share: float | None) -> str:
    """A share in per cent; never 100 unless it is all."""
    return "-" if share is None else f"{int(share * 1000) / 10:g} %"


def summary(certificates: Sequence[Certificate], seconds: float) -> str:
    """One line about all of them."""
    counts = total(certificates)
    certified = sum(each.ok for each in certificates)
    facts = [f"{certified} of {len(certificates)} certified in {seconds:.0f} s"]
    facts += [f"mutation score {percent(counts.score)} ({mutation(counts)})"] if counts.mutants else []
    facts += [f"grades the same again: {percent(counts.stability)}"] if counts.grades else []
    return "; ".join(facts)


def _problems(certificate: Certificate) -> Iterator[str]:
    if certificate.obstacle:
        yield f"{certificate.slug} cannot run here: {certificate.obstacle}"
    for step in certificate.steps:
        for problem in step.problems:
            yield from _lines(certificate, step, problem)


def _lines(certificate: Certificate, step: Step, problem: Problem) -> Iterator[str]:
    first, *others = problem.sentence.splitlines() or [""]
    yield f"{certificate.slug}, {step.name}: {first}"
    yield from (f"    {line}" for line in others)
    for finding in problem.findings:
        yield f"    {finding.check}: expected {finding.expected}, found {finding.outcome}"
        yield from (f"        {line}" for line in finding.why.splitlines())
    if problem.objects:
        yield f"    the cluster's objects: {problem.objects}"
