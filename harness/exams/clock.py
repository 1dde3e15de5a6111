"""The time that is left: said in words, and kept where a shell's prompt reads it without starting Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.exams.exam import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.exams.exam import Exam

FILE = "clock"
WARNINGS = (30 * 60, 10 * 60, 5 * 60)  # seconds before the end


def path(folder: Path) -> Path:
    """The file that prompts read."""
    return folder / FILE


def write(exam: Exam) -> None:
    """One line of words: stage, deadline, seconds left while the clock stands, open task, tasks, flagged tasks."""
    standing = round(exam.left(0.0)) if exam.stage is Stage.PAUSED else 0
    words = (exam.stage, round(exam.deadline or 0), standing, exam.opened or 0, len(exam.tasks), len(exam.flagged))
    part = path(exam.folder).with_suffix(".part")
    part.write_text(" ".join(str(word) for word in words) + "\n", encoding="ascii")
    part.replace(path(exam.folder))


def words(seconds: float) -> str:
    """A time span as h:mm:ss; whole seconds, rounded down."""
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def crossed(before: float, now: float, warnings: Iterable[int] = WARNINGS) -> int | None:
    """The latest warning that falls between two looks at the seconds left; None where none does."""
    passed = [warning for warning in warnings if now <= warning < before]
    return min(passed, default=None)
