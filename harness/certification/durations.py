"""How long each share of a lab took when it was last proved here."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING

from harness.store import read_json, write_json
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.certification.certificate import Certificate
    from harness.certification.jobs import Job

FILE = "certified.json"  # in the cache: seconds by share


class Durations:
    """Remembers seconds between one certification and the next; without a file, or with a damaged one, nothing."""

    def __init__(self, cache: Path, *, mutants: bool) -> None:
        self.path = cache / FILE
        self.what = "all" if mutants else "no mutants"
        self.seconds: dict[str, float] = {}
        with suppress(LabsError, OSError, ValueError, TypeError):
            self.seconds = {key: float(value) for key, value in (read_json(self.path) or {}).items()}

    def of(self, job: Job) -> float:
        """The seconds that this share took last time; infinite if nobody knows."""
        return self.seconds.get(self._key(job), math.inf)

    def keep(self, done: Mapping[Job, Certificate]) -> None:
        """Remember these; it is no harm where that cannot be written."""
        self.seconds |= {self._key(job): round(each.seconds, 1) for job, each in done.items()}
        with suppress(OSError):
            write_json(self.path, dict(self.seconds))

    def _key(self, job: Job) -> str:
        return f"{job.slug} on {job.provider}, share {job.share + 1} of {job.shares}, {self.what}"
