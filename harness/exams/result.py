"""The result of an exam as one document, with all that it teaches; what pages and files show is taken from it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from harness.exams import places
from harness.solution import pages
from harness.task import fill, render_task
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.app import App
    from harness.exams.exam import Exam, Task
    from harness.lab import Lab

MOST_NEXT = 5  # labs that are recommended


def score_of(shares: Mapping[str, float], tasks: Iterable[Mapping[str, Any]]) -> Fraction | None:
    """The score in per cent: each domain's share of its points, by the domains' weights.

    ``tasks`` have domain, points and possible; what could not be judged is in neither. A domain of which nothing could
    be judged does not count; None where that is so of all.
    """
    sums: dict[str, tuple[int, int]] = {}
    for task in tasks:
        points, possible = sums.get(task["domain"], (0, 0))
        sums[task["domain"]] = (points + task["points"], possible + task["possible"])
    counted = {name: pair for name, pair in sums.items() if pair[1] and shares.get(name)}
    total = sum(Fraction(shares[name]) for name in counted)
    if not total:
        return None
    return 100 * sum(Fraction(shares[name]) * points / possible for name, (points, possible) in counted.items()) / total


def make_result(app: App, exam: Exam, now: float) -> dict[str, Any]:
    """The document of `labs exam result --json`; see the README for its fields. Times in seconds since the epoch."""
    tasks = [_task(app, exam, task, now) for task in exam.tasks]
    exact = score_of(exam.shares, tasks)
    end = min(each for each in (exam.submitted, exam.closed, now) if each is not None)
    end = min(end, exam.deadline) if exam.deadline is not None else end
    used = end - (exam.started or end) - exam.paused(end)
    return {
        "exam": exam.id,
        "blueprint": exam.blueprint,
        "title": exam.title,
        "score": round(float(exact), 1) if exact is not None else None,
        "passed": exact is not None and exact >= Fraction(exam.pass_mark),
        "pass_mark": exam.pass_mark,
        "trustworthy": all(task["trustworthy"] for task in tasks),
        "minutes": exam.minutes,
        "minutes_used": round(max(0.0, used) / 60, 1),
        "seed": exam.seed,
        "started": exam.started,
        "deadline": exam.deadline,
        "submitted": exam.submitted,
        "closed": exam.closed,
        "ended": now,
        "paused_seconds": round(exam.paused(now)),
        "pauses": len(exam.pauses),
        "late_seconds": round(exam.late),
        "remarks": _remarks(exam, tasks),
        "domains": _domains(app, exam, tasks),
        "competencies": _competencies(tasks),
        "tasks": tasks,
        "next": _next(app, tasks),
    }


def _task(app: App, exam: Exam, task: Task, now: float) -> dict[str, Any]:
    grade = exam.grades.get(task.number, {})
    checks = list(grade.get("checks", ()))
    judged = [check for check in checks if check["outcome"] != "broken"]
    document = {
        "number": task.number,
        "lab": task.lab,
        "title": task.title,
        "domain": task.domain,
        "competencies": [],
        "minutes": task.minutes,
        "weight": task.weight,
        "points": sum(check["points"] for check in judged if check["outcome"] == "passed"),
        "possible": sum(check["points"] for check in judged),
        "trustworthy": bool(grade.get("trustworthy", False)),
        "lost": grade.get("lost"),
        "flagged": task.number in exam.flagged,
        "note": exam.notes.get(task.number, ""),
        "seconds": round(exam.seconds(task.number, now)),
        "resets": exam.resets.get(task.number, 0),
        "checks": checks,
    }
    return document | _lessons(app, exam, task)


def _lessons(app: App, exam: Exam, task: Task) -> dict[str, Any]:
    """What the lab itself tells afterwards; empty where its files are gone or were damaged since."""
    empty = {"competencies": [], "task": "", "hints": [], "solution": [], "docs": []}
    try:
        lab = app.catalog.get(task.lab)
        sandbox = places.find(app, exam, task.cluster)
        values = places.variables(exam, task, sandbox) if sandbox is not None else exam.vars[task.number]
        return {
            "competencies": list(lab.spec.competencies),
            "task": render_task(lab, values),
            "hints": [fill(hint, values, f"a hint of {lab.slug}") for hint in lab.spec.hints],
            "solution": [{"name": page.name, "text": page.text} for page in pages(lab, values)],
            "docs": list(lab.spec.docs),
        }
    except (LabsError, KeyError):
        return empty


def _remarks(exam: Exam, tasks: Sequence[Mapping[str, Any]]) -> list[str]:
    remarks = []
    if exam.late:
        remarks.append(
            f"Nothing of labs was running when the time was over: changes could have been made for {exam.late:.0f} s"
            " longer, until your access was taken away."
        )
    if exam.pauses:
        minutes = exam.paused(exam.closed or exam.deadline or 0.0) / 60
        times = "once" if len(exam.pauses) == 1 else f"{len(exam.pauses)} times"
        remarks.append(f"For practice: the clock was stopped {times}, for {minutes:.1f} min in all.")
    if exam.revived:
        remarks.append("Clusters had died and were brought back with the work in them.")
    lost = [str(task["number"]) for task in tasks if task["lost"]]
    if lost:
        remarks.append(f"The cluster of task {', '.join(lost)} was lost: not judged, and not counted.")
    broken = [str(task["number"]) for task in tasks if not task["trustworthy"] and not task["lost"]]
    if broken:
        remarks.append(
            f"In task {', '.join(broken)} the grader or the cluster failed: what is marked broken is not counted."
        )
    return remarks


def _domains(app: App, exam: Exam, tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    order = [*app.catalog.curriculum.names, *(task["domain"] for task in tasks)]
    found = []
    for name in dict.fromkeys(order):
        mine = [task for task in tasks if task["domain"] == name]
        if mine:
            found.append({"name": name, "weight": exam.shares.get(name, 0.0), **_sum(mine)})
    return found


def _competencies(tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    names = dict.fromkeys(name for task in tasks for name in task["competencies"])
    return [{"name": name, **_sum([task for task in tasks if name in task["competencies"]])} for name in names]


def _sum(tasks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    points, possible = (sum(task[what] for task in tasks) for what in ("points", "possible"))
    score = round(100 * points / possible, 1) if possible else None
    return {"points": points, "possible": possible, "score": score, "seconds": sum(task["seconds"] for task in tasks)}


def _next(app: App, tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What to practise next: the tasks that cost most, then other labs about the same competencies."""

    def cost(task: Mapping[str, Any]) -> float:
        return float(task["weight"] * (1 - task["points"] / task["possible"])) if task["possible"] else 0.0

    weak = sorted((task for task in tasks if cost(task) > 0), key=cost, reverse=True)
    found = [
        {"lab": task["lab"], "title": task["title"], "why": f"{task['points']} of {task['possible']} points"}
        for task in weak
    ]
    topics = [name for task in weak for name in task["competencies"]]
    sat = {task["lab"] for task in tasks}
    others: list[Lab] = [lab for lab in app.catalog.read()[0] if lab.slug not in sat] if topics else []
    for name in dict.fromkeys(topics):
        found += [
            {"lab": lab.slug, "title": lab.spec.title, "why": f"more about {name}"}
            for lab in others
            if name in lab.spec.competencies and lab.slug not in {each["lab"] for each in found}
        ]
    return found[:MOST_NEXT]
