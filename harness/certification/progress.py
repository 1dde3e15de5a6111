"""How far a proof is: told by whoever works, shown by whoever watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.certification.jobs import Job

if TYPE_CHECKING:
    from harness.certification.certificate import Certificate


@dataclass(frozen=True)
class Progress:
    """Where a job stands: its step, and ``at`` of so many (``of`` is 0 where that is not known)."""

    job: Job
    step: str
    at: int = 0
    of: int = 0


@dataclass(frozen=True)
class Done:
    """A job at its end, and what was shown."""

    job: Job
    certificate: Certificate


Tell = Callable[[Job, str, int, int], None]
