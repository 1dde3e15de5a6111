"""A lab: its folder, what its lab.yaml says, and its checks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.checks import Check
    from harness.curriculum import Curriculum
    from harness.spec import LabSpec

MOST_CHECKS = 8


@dataclass(frozen=True)
class Lab:
    """A lab and where it lies; the folder's name is its slug. Its files are read when they are asked for."""

    folder: Path
    curriculum: Callable[[], Curriculum]

    @property
    def slug(self) -> str:
        """The lab's name in commands, files and output."""
        return self.folder.name

    @cached_property
    def spec(self) -> LabSpec:
        """What lab.yaml says; LabsError names every mistake in it at once."""
        from harness.spec import read_spec  # noqa: PLC0415  (with pydantic: 0.1 s that grade and reset do without)

        return read_spec(self.folder, self.curriculum())

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The checks in checks.py, in the file's order; LabsError if it cannot be loaded."""
        from grader.checks import load_checks  # noqa: PLC0415  (late: not every command needs it)
        from grader.errors import ChecksError  # noqa: PLC0415  (late: not every command needs it)

        try:
            return load_checks(self.folder / "checks.py")
        except ChecksError as error:
            raise LabsError(error.what, error.fix) from error

    @property
    def points(self) -> int:
        """What the lab is worth: the sum over its checks."""
        return sum(check.points for check in self.checks)
