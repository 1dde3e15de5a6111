"""What a grade shows about checks that did not end as they had to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.certification.certificate import Finding

if TYPE_CHECKING:
    from collections.abc import Collection

    from grader.outcomes import Grade, Verdict

NOT_PASSED = "failed or skipped"


def missed(grade: Grade) -> list[str]:
    """The checks that did not pass."""
    return [verdict.name for verdict in grade.verdicts if verdict.outcome != "passed"]


def outcomes(grade: Grade) -> list[tuple[str, str]]:
    """What must be the same when asked again."""
    return [(verdict.name, str(verdict.outcome)) for verdict in grade.verdicts]


def differing(grade: Grade, wanted: Collection[str]) -> tuple[Finding, ...]:
    """The checks that did not end as they had to: ``wanted`` ones were not to pass, all others were; or are broken."""
    return tuple(
        _finding(verdict, NOT_PASSED if verdict.name in wanted else "passed")
        for verdict in grade.verdicts
        if (verdict.name in wanted) == (verdict.outcome == "passed") or verdict.outcome == "broken"
    )


def unlike(first: Grade, second: Grade) -> tuple[Finding, ...]:
    """The checks of two grades of the same work that ended in two ways."""
    return tuple(
        _finding(now, str(before.outcome))
        for before, now in zip(first.verdicts, second.verdicts, strict=True)
        if before.outcome != now.outcome
    )


def _finding(verdict: Verdict, expected: str) -> Finding:
    return Finding(verdict.name, expected, str(verdict.outcome), verdict.why, verdict.see)
