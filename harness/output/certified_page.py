"""The certificates as one HTML page: a row a lab, and under the table what was not shown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from harness.certification.certificate import Problem
from harness.output.certificates import mutation, summary
from harness.output.html import page
from harness.output.tables import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.certification.certificate import Certificate, Step


def certified_page(certificates: Sequence[Certificate], seconds: float) -> str:
    """The page's text: self-contained, without scripts."""
    names = list(dict.fromkeys(step.name for each in certificates for step in each.steps))
    return page(
        "certificates",
        summary=summary(certificates, seconds),
        ok=all(each.ok for each in certificates),
        made=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        steps=names,
        rows=[_row(each, names, number) for number, each in enumerate(certificates, 1)],
    )


def _row(certificate: Certificate, names: Sequence[str], number: int) -> dict[str, Any]:
    steps = {step.name: step for step in certificate.steps}
    problems = [(step.name, problem) for step in certificate.steps for problem in step.problems]
    if certificate.obstacle:
        problems = [("cannot run here", Problem(certificate.obstacle))]
    return {
        "slug": certificate.slug,
        "anchor": f"lab-{number}",
        "provider": certificate.provider,
        "points": str(certificate.points or ""),
        "mark": "✔" if certificate.ok else "–" if certificate.obstacle else "✘",
        "mood": "ok" if certificate.ok else "soft" if certificate.obstacle else "bad",
        "steps": [(name, *_cell(steps.get(name))) for name in names],
        "figures": list(_figures(certificate)),
        "problems": problems,
    }


def _cell(step: Step | None) -> tuple[str, str]:
    if step is None:
        return "", "soft"
    return (f"✔ {step.shown}", "ok") if step.ok else (f"✘ {len(step.problems)}", "bad")


def _figures(certificate: Certificate) -> Iterator[tuple[str, str]]:
    times = (certificate.start, certificate.grade, certificate.reset)
    yield "start, grade, reset", ", ".join(f"{each:.1f}" for each in times) + " s" if any(times) else ""
    counts = certificate.counts
    yield "mutants caught", mutation(counts)
    yield "same grades", f"{counts.same} of {counts.grades}" if counts.grades else ""
    yield "memory", f"{certificate.memory / MIB:.0f} MiB" if certificate.memory else ""
    yield "took", f"{certificate.seconds:.0f} s" if certificate.steps else ""
