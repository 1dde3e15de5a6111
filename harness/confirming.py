"""Whether a lab's start took effect: nothing may pass before any work is done, and all must be possible to judge."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

from setup.errors import LabsError

PATIENCE = 120.0  # seconds
SLOW = 5.0  # seconds; what is broken without that anybody was waited for is broken for good

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.checks import Check
    from grader.outcomes import Grade
    from harness.lab import Lab


def untouched_problem(lab: Lab, judge: Callable[[Sequence[Check]], Grade]) -> LabsError | None:
    """What is wrong with a start that nobody has worked on yet; None where it is as it should be."""
    checks = tuple(dataclasses.replace(check, within=None) for check in lab.checks)  # nothing is awaited yet
    until = time.monotonic() + PATIENCE
    grade = judge(checks)
    if not grade.trustworthy:
        grade = judge(checks)  # a new cluster may have its moments
    while not grade.trustworthy and grade.seconds > SLOW and time.monotonic() < until:
        grade = judge(checks)  # so may a machine that is busy with others
    for verdict in grade.verdicts:
        if verdict.outcome == "passed":
            return LabsError(
                f"the start of {lab.slug} did not take effect: the check {verdict.name} passes before any work is done",
                f"Try again; if it stays so, `labs lint {lab.slug}` and report the lab.",
            )
    if not grade.trustworthy:
        broken = next(verdict for verdict in grade.verdicts if verdict.outcome == "broken")
        return LabsError(
            f"the start of {lab.slug} cannot be confirmed: {broken.name} could not be judged: {broken.why}",
            "Try again; `labs stop --all` and a new start make a new cluster.",
        )
    return None
