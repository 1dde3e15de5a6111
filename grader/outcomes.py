"""What judging hands back: the outcome of each check and the grade they add up to."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    BROKEN = "broken"


@dataclass(frozen=True)
class Verdict:
    """One check's outcome. ``points`` is what the check is worth; ``why`` and ``see`` are empty when it passed.

    ``why`` holds one line per difference and is cleaned of control characters; it is still foreign text, so whoever
    prints it escapes it for its own medium. ``see`` is one kubectl command, or empty.
    """

    name: str
    sentence: str
    points: int
    outcome: Outcome
    why: str = ""
    see: str = ""


@dataclass(frozen=True)
class Grade:
    """A lab judged once: points earned and possible, and the time it took in seconds.

    Not ``trustworthy`` when a check was broken: then the candidate lost nothing yet and may ask again.
    """

    lab: str
    points: int
    possible: int
    trustworthy: bool
    seconds: float
    verdicts: tuple[Verdict, ...]

    @classmethod
    def of(cls, lab: str, verdicts: tuple[Verdict, ...], seconds: float) -> "Grade":
        """Add up the verdicts."""
        return cls(
            lab=lab,
            points=sum(verdict.points for verdict in verdicts if verdict.outcome is Outcome.PASSED),
            possible=sum(verdict.points for verdict in verdicts),
            trustworthy=all(verdict.outcome is not Outcome.BROKEN for verdict in verdicts),
            seconds=round(seconds, 3),
            verdicts=verdicts,
        )
