"""Somebody who sits an exam by script, and what the labs' files say that it must come to."""

import subprocess
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from harness.app import App, LateProviders
from harness.catalog import Catalog
from harness.exams import places
from harness.paths import cache, lab_roots
from harness.solving import apply_way
from harness.ways import Way, solutions, stages, wrong
from tests.live.user import User


@dataclass(frozen=True)
class Sitting:
    """Somebody who sits an exam: types `labs` commands, and works on tasks by the ways in the labs' folders."""

    user: User

    @property
    def app(self) -> App:
        state = self.user.state / "cka-labs"
        return App(Catalog(lab_roots()), state, cache(), LateProviders(state, cache()), tell=lambda _: None)

    def labs(self, *words: str, code: int | None = 0, within: float = 120) -> str:
        return self.user.labs("exam", *words, code=code, within=within)

    def json(self, *words: str, code: int | None = 0, within: float = 120) -> dict[str, Any]:
        return self.user.json("exam", *words, code=code, within=within)

    def ways(self, number: int) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
        """The solutions and the wrong ways of a task's lab."""
        folder = self.app.catalog.get(self.app.exams.current().task(number).lab).folder
        return solutions(folder), wrong(folder)

    def go(self, number: int, way: Way) -> None:
        """Do as this way does, as the candidate, on the task's host."""
        app = self.app
        exam = app.exams.current()
        task = exam.task(number)
        sandbox = places.need(app, exam, task)
        lab = app.catalog.get(task.lab)
        for each in stages(lab.folder, way):
            apply_way(sandbox, lab, each, places.variables(exam, task, sandbox))

    def shell(self, *lines: str) -> str:
        """What the base host's shell says to these lines."""
        environment = dict(self.user.environment)
        environment["PATH"] = f"{Path(self.user.command()[0]).parent}:{environment['PATH']}"
        done = subprocess.run(
            self.user.command("exam", "shell"),
            env=environment,
            input="\n".join((*lines, "exit", "")),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stdout + done.stderr

    def kill_everything(self) -> None:
        """As when the machine goes down: nothing of ours gets to say goodbye."""
        for each in self.user.processes():
            each.kill()
        deadline = time.monotonic() + 10
        while self.user.processes() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert self.user.processes() == []

    def result_file(self, within: float) -> Path:
        """Wait, with nobody at the terminal, until a result is there."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            found = [*self.user.state.glob("*/exams/*/result.json")]
            if found:
                return found[0]
            time.sleep(0.5)
        logs = [log.read_text() for log in self.user.state.glob("*/exams/*/proctor.log")]
        pytest.fail(f"no result after {within:.0f} s; the proctor says: {logs}")


@dataclass(frozen=True)
class Wanted:
    """What the labs' files say that a task must get."""

    points: int
    missed: frozenset[str] | None  # None: every check


def wanted(way: Way | None, points: int) -> Wanted:
    """For a way under solutions/ or wrong/, or for a task that is left as it was."""
    if way is None:
        return Wanted(0, None)
    if way.folder.parent.name == "solutions":
        return Wanted(points, frozenset())
    expected = way.expectation()
    return Wanted(expected.points, frozenset(expected.fails))


def expected_score(app: App, points: dict[str, int]) -> float:
    """The score that follows from the labs' files and the curriculum's weights, worked out on its own."""
    sums: dict[str, list[int]] = {}
    for slug, got in points.items():
        lab = app.catalog.get(slug)
        each = sums.setdefault(lab.spec.domain, [0, 0])
        each[0] += got
        each[1] += lab.points
    weights = {domain.name: domain.weight for domain in app.catalog.curriculum.domains if domain.name in sums}
    total = sum(Fraction(weights[name], 100) * Fraction(*pair) for name, pair in sums.items())
    return round(float(100 * total / Fraction(sum(weights.values()), 100)), 1)


def check_result(sitting: Sitting, document: dict[str, Any], ways: dict[int, Way | None]) -> None:
    """Every task has exactly what its way must get, and the score is exactly what follows."""
    app = sitting.app
    points = {}
    for task in document["tasks"]:
        lab = app.catalog.get(task["lab"])
        must = wanted(ways.get(task["number"]), lab.points)
        missed = {check["name"] for check in task["checks"] if check["outcome"] != "passed"}
        everything = frozenset(check.name for check in lab.checks)
        assert (task["points"], missed) == (must.points, must.missed if must.missed is not None else everything), task
        assert task["possible"] == lab.points
        points[task["lab"]] = task["points"]
    assert document["trustworthy"] is True
    assert document["score"] == expected_score(app, points)
    assert document["passed"] is (document["score"] >= document["pass_mark"])


def named(ways: tuple[Way, ...], name: str) -> Way:
    """The way of that name."""
    return next(way for way in ways if way.name == name)
