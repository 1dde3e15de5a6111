"""What past exams tell: which labs were seen, and where points were lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness import store
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from harness.app import App

RESULT = "result.json"  # in an exam's folder


@dataclass
class Standing:
    """Shares of points (0 to 1) by lab and by competency, the oldest first."""

    labs: dict[str, list[float]] = field(default_factory=dict)
    topics: dict[str, list[float]] = field(default_factory=dict)

    def seen(self, lab: str) -> int:
        """In how many exams the lab was."""
        return len(self.labs.get(lab, ()))

    def earned(self, lab: str) -> float:
        """The mean share of points in that lab; 0 where it was never seen."""
        return mean(self.labs.get(lab, ()))

    def topic(self, competencies: Iterable[str]) -> float:
        """The mean share of points in these competencies; 0 where none was ever judged."""
        return mean(mean(self.topics[name]) for name in competencies if name in self.topics)


def results(app: App) -> Iterator[tuple[str, dict[str, Any]]]:
    """The results of all exams, the oldest first, each with the exam's id; a damaged one is left out, and said."""
    for name in app.exams.names():
        try:
            document = store.read_json(app.exams.folder / name / RESULT)
        except LabsError as error:
            app.tell(f"left out: {error.what}")
            continue
        if document is not None:
            yield name, document


def standing(app: App) -> Standing:
    """What the results so far add up to."""
    found = Standing()
    for _, document in results(app):
        for task in document["tasks"]:
            if task["possible"] <= 0:
                continue  # it could not be judged
            share = task["points"] / task["possible"]
            found.labs.setdefault(task["lab"], []).append(share)
            for name in task.get("competencies", ()):
                found.topics.setdefault(name, []).append(share)
    return found


def mean(shares: Iterable[float]) -> float:
    """The mean of these; 0 where there are none."""
    values = list(shares)
    return sum(values) / len(values) if values else 0.0


def progress(app: App) -> Mapping[str, Any]:
    """Points over time by domain and competency, the weakest first, and the time that a point took (seconds)."""
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    exams = []
    for name, document in results(app):
        kept = ("title", "ended", "score", "passed")
        exams.append({"exam": name} | {key: document[key] for key in kept})
        for task in document["tasks"]:
            for key in (("domain", task["domain"]), *(("competency", each) for each in task.get("competencies", ()))):
                _add(sums.setdefault(key, {"points": 0, "possible": 0, "seconds": 0.0, "over": {}}), name, task)
    return {
        "exams": exams,
        "domains": _lines(sums, "domain"),
        "competencies": _lines(sums, "competency"),
    }


def _add(total: dict[str, Any], exam: str, task: Mapping[str, Any]) -> None:
    over = total["over"].setdefault(exam, [0, 0])
    for index, what in enumerate(("points", "possible")):
        total[what] += task[what]
        over[index] += task[what]
    total["seconds"] += task["seconds"]


def _lines(sums: Mapping[tuple[str, str], Mapping[str, Any]], kind: str) -> list[dict[str, Any]]:
    lines = [
        {
            "name": name,
            "points": total["points"],
            "possible": total["possible"],
            "score": _percent(total["points"], total["possible"]),
            "seconds": round(total["seconds"]),
            "seconds_per_point": round(total["seconds"] / total["points"], 1) if total["points"] else None,
            "over_time": [
                {"exam": exam, "score": _percent(points, possible)}
                for exam, (points, possible) in total["over"].items()
            ],
        }
        for (which, name), total in sums.items()
        if which == kind
    ]
    return sorted(lines, key=lambda line: (line["score"] is None, line["score"] or 0.0, line["name"]))


def _percent(points: int, possible: int) -> float | None:
    return round(100 * points / possible, 1) if possible else None
