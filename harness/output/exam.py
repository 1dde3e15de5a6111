"""How an exam that is under way looks: its clock, its tasks, one task. No verdict is in any of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.exams.clock import words
from harness.exams.exam import Stage
from harness.output.tables import show_table
from harness.output.task import show_task as show_markdown
from harness.output.terminal import say

if TYPE_CHECKING:
    from harness.exams.exam import Exam, Task


def exam_document(exam: Exam, now: float) -> dict[str, Any]:
    """``labs exam start``, ``status`` and ``tasks``: times in seconds since the epoch, ``left`` in seconds."""
    return {
        "exam": exam.id,
        "title": exam.title,
        "stage": str(exam.stage),
        "minutes": exam.minutes,
        "pass_mark": exam.pass_mark,
        "seed": exam.seed,
        "started": exam.started,
        "deadline": exam.deadline,
        "left": round(exam.left(now), 1),
        "open": exam.opened,
        "resetting": exam.resetting,
        "tasks": [_line(exam, task, now) for task in exam.tasks],
        "clusters": [
            {
                "number": cluster.number,
                "provider": cluster.provider,
                "shape": cluster.shape,
                "ready": cluster.number in exam.ready,
                "lost": exam.lost.get(cluster.number),
            }
            for cluster in exam.clusters
        ],
    }


def task_document(exam: Exam, task: Task, text: str) -> dict[str, Any]:
    """``labs exam task``, ``next`` and ``prev``: ``task`` is Markdown."""
    return _line(exam, task, 0.0) | {"exam": exam.id, "task": text, "work": exam.vars[task.number].get("work")}


def _line(exam: Exam, task: Task, now: float) -> dict[str, Any]:
    return {
        "number": task.number,
        "lab": task.lab,
        "title": task.title,
        "domain": task.domain,
        "weight": task.weight,
        "minutes": task.minutes,
        "host": task.host,
        "cluster": task.cluster,
        "flagged": task.number in exam.flagged,
        "note": exam.notes.get(task.number, ""),
        "seconds": round(exam.seconds(task.number, now)),
        "resets": exam.resets.get(task.number, 0),
        "resets_alone": task.alone,
    }


def show_status(exam: Exam, now: float) -> None:
    """Say how the exam stands."""
    say(f"{exam.title}: {standing(exam, now)}")
    flagged = ", ".join(str(number) for number in sorted(exam.flagged))
    say(f"task {exam.opened} of {len(exam.tasks)} is open" if exam.opened else f"{len(exam.tasks)} tasks, none is open")
    if flagged:
        say(f"flagged: {flagged}")
    if exam.resetting is not None:
        say(f"task {exam.resetting} is being reset; if that was interrupted, it is done again by itself")
    for cluster, why in sorted(exam.lost.items()):
        numbers = ", ".join(str(task.number) for task in exam.on(cluster))
        say(f"task {numbers}: the cluster is lost ({why}); unless it comes back, not judged, and not counted")


def standing(exam: Exam, now: float) -> str:
    """The clock in words."""
    match exam.stage:
        case Stage.PREPARING:
            return "its clusters are not ready; `labs exam start` goes on preparing them"
        case Stage.PAUSED:
            return f"the clock is stopped with {words(exam.left(now))} left; `labs exam resume` lets it go on"
        case Stage.RUNNING if exam.left(now) > 0:
            return f"{words(exam.left(now))} left"
        case Stage.ENDED:
            return "the exam is over; `labs exam result` shows the result"
    return "the time is over; it is being graded, `labs exam result` shows the result"


def show_tasks(exam: Exam, now: float) -> None:
    """Show the tasks, one line each."""
    say(f"{exam.title}: {standing(exam, now)}")
    rows = [_cells(exam, task, now) for task in exam.tasks]
    show_table(("task", "", "what", "host", "weight", "spent", "note"), rows)


def show_task(exam: Exam, task: Task, text: str, now: float) -> None:
    """Show one task, where to do it, and the clock."""
    say(f"{standing(exam, now)}")
    flag = ", flagged" if task.number in exam.flagged else ""
    head = f"Task {task.number} of {len(exam.tasks)}: {task.title} ({task.weight:.1f} %{flag})"
    where = f"Host: `ssh {task.host}`; in the relaxed mode: `kubectl config use-context {task.host}`"
    show_markdown(f"{where}\n\n{text}", head, task.minutes)


def _cells(exam: Exam, task: Task, now: float) -> tuple[str, ...]:
    mark = "flagged" if task.number in exam.flagged else "open" if exam.opened == task.number else ""
    lost = "cluster lost" if task.cluster in exam.lost else ""
    spent = exam.seconds(task.number, now)
    return (
        str(task.number), mark, task.title, task.host, f"{task.weight:.1f} %",
        words(spent) if spent else "", lost or exam.notes.get(task.number, ""),
    )  # fmt: skip
