"""An exam as its journal tells it: the paper, the clock, and what has been done so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

LATE = 5.0  # seconds after the deadline within which access is taken away when we run


class Stage(StrEnum):
    """How far an exam is."""

    PREPARING = "preparing"  # its clusters are being made
    RUNNING = "running"
    PAUSED = "paused"
    CLOSING = "closing"  # submitted, or access is taken away already: it is graded
    ENDED = "ended"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class Task:
    """One task of the paper: ``weight`` is its share of the score in per cent, ``cluster`` a number."""

    number: int
    lab: str
    title: str
    domain: str
    minutes: int
    points: int
    weight: float
    seed: int
    cluster: int
    host: str
    alone: bool  # its part of the cluster can be reset without touching the others


@dataclass(frozen=True)
class Cluster:
    """A cluster that the exam needs."""

    number: int
    provider: str
    shape: str


@dataclass(frozen=True)
class Pause:
    """The clock stood from ``begin`` to ``end`` (seconds since the epoch; None: it still stands)."""

    begin: float
    end: float | None = None


@dataclass
class Exam:
    """The state that follows from the events so far. Times are in seconds since the epoch."""

    id: str
    folder: Path
    stage: Stage = Stage.PREPARING
    blueprint: str = ""
    title: str = ""
    minutes: float = 0
    pass_mark: float = 66.0
    seed: int = 0
    shares: Mapping[str, float] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    ready: set[int] = field(default_factory=set)
    vars: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    started: float | None = None
    deadline: float | None = None
    pauses: list[Pause] = field(default_factory=list)
    opened: int | None = None
    flagged: set[int] = field(default_factory=set)
    notes: dict[int, str] = field(default_factory=dict)
    resets: dict[int, int] = field(default_factory=dict)
    resetting: int | None = None
    spans: list[tuple[int, float, float | None]] = field(default_factory=list)
    submitted: float | None = None
    closed: float | None = None
    grades: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)
    revived: int = 0
    ended: float | None = None

    @property
    def open(self) -> bool:
        """Whether something is still to come."""
        return self.stage not in (Stage.ENDED, Stage.ABANDONED)

    @property
    def late(self) -> float:
        """The seconds after the deadline for which access was not yet taken away; 0 where it was in time."""
        if self.closed is None or self.deadline is None or self.submitted is not None:
            return 0.0
        over = self.closed - self.deadline
        return over if over > LATE else 0.0

    def task(self, number: int) -> Task:
        """The task of that number; KeyError where there is none."""
        return next((task for task in self.tasks if task.number == number), None) or _missing(number)

    def on(self, cluster: int) -> tuple[Task, ...]:
        """The tasks on a cluster."""
        return tuple(task for task in self.tasks if task.cluster == cluster)

    def left(self, now: float) -> float:
        """The seconds that are left; while the clock stands, those left when it was stopped."""
        if self.deadline is None:
            return self.minutes * 60.0
        standing = self.pauses[-1] if self.pauses and self.pauses[-1].end is None else None
        return max(0.0, self.deadline - (standing.begin if standing else now))

    def over(self, now: float) -> bool:
        """Whether the candidate's time is over."""
        return self.stage is Stage.CLOSING or (self.stage is Stage.RUNNING and self.left(now) <= 0)

    def seconds(self, number: int, now: float) -> float:
        """The time for which a task was the one that the candidate had open."""
        end = min(now, self.deadline) if self.deadline is not None else now
        return sum(max(0.0, min(stop or end, end) - begin) for task, begin, stop in self.spans if task == number)

    def paused(self, now: float) -> float:
        """The seconds for which the clock stood."""
        return sum((pause.end or now) - pause.begin for pause in self.pauses)


def fold(identity: str, folder: Path, events: Iterable[Mapping[str, Any]]) -> Exam:
    """The exam that these events make; events of a later version that we do not know are left out."""
    exam = Exam(identity, folder)
    for event in events:
        turn = TURNS.get(event["event"])
        if turn is not None:
            turn(exam, event)
    return exam


def _drawn(exam: Exam, event: Mapping[str, Any]) -> None:
    for key in ("blueprint", "title", "minutes", "pass_mark", "seed", "shares"):
        setattr(exam, key, event[key])
    exam.tasks = tuple(Task(**task) for task in event["tasks"])
    exam.clusters = tuple(Cluster(**cluster) for cluster in event["clusters"])


def _ready(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.ready.add(event["cluster"])
    exam.vars.update({int(number): values for number, values in event["vars"].items()})


def _started(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.stage, exam.started, exam.deadline = Stage.RUNNING, event["at"], event["deadline"]


def _opened(exam: Exam, event: Mapping[str, Any]) -> None:
    _put_down(exam, event["at"])
    exam.opened = event["task"]
    exam.spans.append((event["task"], event["at"], None))


def _put_down(exam: Exam, at: float) -> None:
    """The task that was open is not any longer."""
    if exam.spans and exam.spans[-1][2] is None:
        task, begin, _ = exam.spans[-1]
        exam.spans[-1] = (task, begin, at)


def _flagged(exam: Exam, event: Mapping[str, Any]) -> None:
    (exam.flagged.add if event["on"] else exam.flagged.discard)(event["task"])


def _noted(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.notes[event["task"]] = event["text"]


def _resetting(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.resetting = event["task"]


def _reset(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.resetting = None
    exam.resets[event["task"]] = exam.resets.get(event["task"], 0) + 1
    exam.vars[event["task"]] = event["vars"]


def _paused(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.stage = Stage.PAUSED
    exam.pauses.append(Pause(event["at"]))
    _put_down(exam, event["at"])


def _resumed(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.stage, exam.deadline = Stage.RUNNING, event["deadline"]
    exam.pauses[-1] = Pause(exam.pauses[-1].begin, event["at"])
    if exam.opened is not None:
        exam.spans.append((exam.opened, event["at"], None))


def _submitted(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.stage, exam.submitted = Stage.CLOSING, event["at"]
    _put_down(exam, event["at"])
    if exam.pauses and exam.pauses[-1].end is None:
        exam.pauses[-1] = Pause(exam.pauses[-1].begin, event["at"])


def _closed(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.stage, exam.closed = Stage.CLOSING, event["at"]
    _put_down(exam, event["at"])


def _graded(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.grades[event["task"]] = event["grade"]


def _lost(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.lost[event["cluster"]] = event["why"]


def _found(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.lost.pop(event["cluster"], None)
    exam.revived += 1


def _ended(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.stage, exam.ended = Stage.ENDED, event["at"]


def _abandoned(exam: Exam, event: Mapping[str, Any]) -> None:
    exam.stage, exam.ended = Stage.ABANDONED, event["at"]


def _missing(number: int) -> Task:
    raise KeyError(number)


TURNS: Mapping[str, Callable[[Exam, Mapping[str, Any]], None]] = {
    "drawn": _drawn,
    "ready": _ready,
    "started": _started,
    "opened": _opened,
    "flagged": _flagged,
    "noted": _noted,
    "resetting": _resetting,
    "reset": _reset,
    "paused": _paused,
    "resumed": _resumed,
    "submitted": _submitted,
    "closed": _closed,
    "graded": _graded,
    "lost": _lost,
    "found": _found,
    "ended": _ended,
    "abandoned": _abandoned,
}
