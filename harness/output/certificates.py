"""What was shown of each lab, for people and for programs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from harness.output.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.certification.certificate import Certificate, Step


def certificates_document(certificates: Iterable[Certificate]) -> dict[str, Any]:
    """``labs certify``: seconds of each step and of the whole, memory in bytes."""
    return {"labs": [_document(each) for each in certificates]}


def _document(certificate: Certificate) -> dict[str, Any]:
    found = dataclasses.asdict(certificate)
    steps = [
        {**dataclasses.asdict(step), "ok": step.ok, "seconds": round(step.seconds, 3)} for step in certificate.steps
    ]
    return found | {"ok": certificate.ok, "seconds": round(certificate.seconds, 3), "steps": steps}


def show(certificates: Sequence[Certificate]) -> None:
    """One line a lab, one line a step, and every problem under its step."""
    for certificate in certificates:
        word = "certified" if certificate.ok else "NOT certified"
        facts = [certificate.provider, f"{certificate.points} points", f"{certificate.seconds:.0f} s"]
        facts += [f"{certificate.caught} of {certificate.mutants} mutants caught"] if certificate.mutants else []
        facts += [f"{certificate.same} of {certificate.grades} grades the same again"] if certificate.grades else []
        say(f"{certificate.slug}: {word} ({', '.join(facts)})")
        for step in certificate.steps:
            _show_step(step)


def _show_step(step: Step) -> None:
    say(f"  {'ok' if step.ok else 'NO':2}  {step.name:<10}  {step.shown:4}  {step.seconds:6.1f} s")
    for problem in step.problems:
        say(f"        {problem}")
