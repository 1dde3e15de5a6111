"""What the exit codes of `labs` mean."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.outcomes import Grade


class ExitCode(IntEnum):
    """The contract with scripts; a closed pipe and Ctrl-C follow the shell's 128 + signal."""

    DONE = 0
    POINTS_LOST = 1
    USAGE = 2
    CANNOT = 3
    INTERRUPTED = 130
    PIPE_CLOSED = 141

    @classmethod
    def of(cls, grade: Grade) -> ExitCode:
        """The code of a grade: an untrustworthy one says nothing about the candidate."""
        if not grade.trustworthy:
            return cls.CANNOT
        return cls.DONE if grade.points == grade.possible else cls.POINTS_LOST
