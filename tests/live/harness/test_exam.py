"""Whole mock exams by script on real control planes: killed, gone on with, handed in, or left to their deadline."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from harness.app import App, LateProviders
from harness.catalog import Catalog
from harness.exams import places, resetting
from harness.exams.exam import Task
from harness.paths import cache, lab_roots
from harness.solving import apply_way
from harness.ways import Way, solutions, wrong
from setup.errors import LabsError

pytestmark = pytest.mark.live

BLUEPRINT = "mock-embedded"
SEED = "11"


@dataclass(frozen=True)
class Sitting:
    """Somebody who sits an exam: types `labs` commands, and works on tasks by the ways in the labs' folders."""

    user: Any

    @property
    def app(self) -> App:
        state = self.user.state / "cka-labs"
        return App(Catalog(lab_roots()), state, cache(), LateProviders(state, cache()), tell=lambda _: None)

    def labs(self, *words: str, code: int = 0) -> str:
        return self.user.labs("exam", *words, code=code)

    def json(self, *words: str, code: int = 0) -> dict[str, Any]:
        return self.user.json("exam", *words, code=code)

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
        apply_way(sandbox, app.catalog.get(task.lab), way.folder, places.variables(exam, task, sandbox))

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


@pytest.fixture
def sitting(user) -> Iterator[Sitting]:
    made = Sitting(user)
    yield made
    if made.app.exams.open() is not None:
        made.labs("abandon", "--yes")
    deadline = time.monotonic() + 15
    while any("harness.exams.proctor" in " ".join(each.cmdline()) for each in user.processes()):
        assert time.monotonic() < deadline, "the proctor is still there"
        time.sleep(0.2)
    user.labs("stop", "--all")
    kept = [path for path in user.files() if "exams" not in path.relative_to(user.state).parts]
    assert kept == [], "an exam leaves its own folder and nothing else"
    for path in user.files():
        path.unlink()


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


def work_on_four_tasks(sitting: Sitting) -> dict[int, Way | None]:
    """Two tasks by solutions, two by wrong ways, with flags, a note and switches; what was done."""
    ways: dict[int, Way | None] = {}
    assert "Task 1" in sitting.labs("task", "1")
    ways[1] = named(sitting.ways(1)[1], "everywhere")
    sitting.go(1, ways[1])
    sitting.labs("next")
    ways[2] = named(sitting.ways(2)[0], "by-hand")
    sitting.go(2, ways[2])
    sitting.labs("flag")
    sitting.labs("flag", "5", "--on")
    sitting.labs("note", "5", "look", "again")
    sitting.labs("task", "4")
    ways[4] = named(sitting.ways(4)[0], "patches")
    sitting.go(4, ways[4])
    sitting.labs("task", "6")
    ways[6] = named(sitting.ways(6)[1], "default-class")
    sitting.go(6, ways[6])
    sitting.labs("prev")
    return ways


def named(ways: tuple[Way, ...], name: str) -> Way:
    """The way of that name."""
    return next(way for way in ways if way.name == name)


def wait_for(done) -> None:
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def test_a_whole_exam_that_is_killed_twice_ends_with_the_score_that_follows(sitting):
    with sitting.user.spawn("exam", "start", BLUEPRINT, "--seed", SEED, "--yes") as process:
        wait_for(lambda: any(sitting.user.state.rglob("journal.jsonl")))
        time.sleep(2.0)
        os.killpg(process.pid, signal.SIGKILL)  # in the middle of preparing
        process.communicate(timeout=60)
    started = sitting.json("start", "--yes")
    tasks = {task["number"]: task["lab"] for task in started["tasks"]}
    assert (
        sorted(tasks.values())
        == list(tasks.values())
        == [*sitting.app.catalog.folders][:3]
        + [slug for slug in sitting.app.catalog.folders if slug[:2] in ("21", "22", "31")]
    )
    assert len(started["clusters"]) == 2, "few clusters"

    ways = work_on_four_tasks(sitting)
    sitting.go(5, sitting.ways(5)[0][0])
    sitting.kill_everything()
    status = sitting.json("status")
    assert (status["stage"], status["open"]) == ("running", 5)
    assert [task["number"] for task in status["tasks"] if task["flagged"]] == [2, 5]
    assert not any(cluster["lost"] for cluster in status["clusters"])
    assert "points" not in str(status), "no verdict before the end"

    sitting.labs("reset", "5")
    ways[5] = named(sitting.ways(5)[1], "plain-memory")
    sitting.go(5, ways[5])
    assert "this is the shell of an exam" in shell(sitting, "labs grade")

    began = time.monotonic()
    document = sitting.json("submit", "--yes", code=1)
    assert time.monotonic() - began < 60
    check_result(sitting, document, {**ways, 3: None})
    by_number = {task["number"]: task for task in document["tasks"]}
    assert [number for number, task in by_number.items() if task["flagged"]] == [2, 5]
    assert (by_number[5]["resets"], by_number[5]["note"]) == (1, "look again")
    assert by_number[1]["seconds"] > 0
    assert by_number[3]["seconds"] == 0
    assert document["pauses"] == 0
    assert any("brought back" in remark for remark in document["remarks"])
    assert sitting.json("result", code=1) == document
    assert sitting.json("history")["exams"][0]["score"] == document["score"]
    assert "<!doctype html>" in sitting.labs("result", "--html", "-", code=1)


def shell(sitting: Sitting, *lines: str, path: str = "") -> str:
    """What the base host's shell says to these lines."""
    environment = dict(sitting.user.environment)
    environment["PATH"] = f"{Path(sitting.user.command()[0]).parent}:{environment['PATH']}"
    done = subprocess.run(
        sitting.user.command("exam", "shell"),
        env=environment,
        input="\n".join((*lines, "exit", "")),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


def test_the_deadline_passes_with_nobody_at_the_terminal(sitting):
    sitting.json("start", BLUEPRINT, "--seed", SEED, "--minutes", "1", "--yes")
    said = shell(sitting, "kubectl get ns", "ssh cka0003 kubectl get ns -o name", "ssh cka0003 pwd")
    assert "not on the base host" in said
    assert "namespace/yard" in said
    ways: dict[int, Way | None] = {3: sitting.ways(3)[0][0]}
    sitting.go(3, ways[3])
    exam = sitting.app.exams.current()
    task = exam.task(1)
    copies = sitting.user.state.parent / "copied.kubeconfig"
    copies.write_text(places.need(sitting.app, exam, task).candidate_kubeconfig.read_text())

    assert sitting.result_file(within=150).is_file()
    with pytest.raises(LabsError):
        sitting.app.exams.current()
    document = sitting.json("result", code=1)
    check_result(sitting, document, ways)
    assert (document["submitted"], document["late_seconds"], document["remarks"]) == (None, 0, [])
    assert document["minutes_used"] == 1.0
    sandbox = sitting.app.providers["embedded"].sandboxes()[0]
    assert not sandbox.candidate_kubeconfig.exists()
    refused = subprocess.run(
        [sandbox.bin / "kubectl", "--kubeconfig", copies, "create", "namespace", "late"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "Forbidden" in refused.stderr, refused


def test_when_nothing_of_ours_runs_at_the_deadline_the_result_says_so(sitting):
    sitting.json("start", BLUEPRINT, "--seed", SEED, "--minutes", "0.4", "--yes")
    deadline = sitting.app.exams.current().deadline
    sitting.kill_everything()
    time.sleep(max(0.0, deadline - time.time()) + 8)
    document = sitting.json("result", code=1)
    check_result(sitting, document, {})
    assert document["score"] == 0.0
    assert document["late_seconds"] >= 8
    assert any("changes could have been made" in remark for remark in document["remarks"])


def test_a_pause_takes_access_away_and_gives_time_and_access_back(sitting):
    sitting.json("start", BLUEPRINT, "--seed", SEED, "--yes")
    sitting.labs("pause")
    left = sitting.json("status")["left"]
    assert "stopped" in sitting.labs("task", code=3)
    time.sleep(2)
    assert sitting.json("status")["left"] == left
    sitting.labs("resume")
    assert left - 30 < sitting.json("status")["left"] <= left
    assert "namespace/yard" in shell(sitting, "ssh cka0003 kubectl get ns -o name")


def test_each_task_can_be_reset_and_done_wrong_without_touching_the_others(sitting):
    """On one cluster with five labs: a reset, or a mistake, in one of them changes no other one's verdict."""
    sitting.json("start", BLUEPRINT, "--seed", SEED, "--yes")
    app = sitting.app
    exam = app.exams.current()
    shared = max((exam.on(cluster.number) for cluster in exam.clusters), key=len)
    assert len(shared) == 5
    for task in shared:
        sitting.go(task.number, named(sitting.ways(task.number)[0], "reference"))
    full = {task.number: task.points for task in shared}
    assert points(app, shared) == full
    for task in shared:
        resetting.reset(app, app.exams.current(), task)
        assert points(app, shared) == {**full, task.number: 0}
        mistake = max(sitting.ways(task.number)[1], key=lambda way: way.expectation().points)
        sitting.go(task.number, mistake)
        assert points(app, shared) == {**full, task.number: mistake.expectation().points}
        resetting.reset(app, app.exams.current(), task)
        sitting.go(task.number, named(sitting.ways(task.number)[0], "reference"))
    assert points(app, shared) == full


def points(app: App, tasks: tuple[Task, ...]) -> dict[int, int]:
    """What each task has now, all judged side by side, as at the end of an exam."""
    exam = app.exams.current()

    def judge(task: Task) -> int:
        sandbox = places.need(app, exam, task)
        lab = app.catalog.get(task.lab)
        grade = app.judge_with(lab, lab.checks, sandbox, places.variables(exam, task, sandbox))
        assert grade.trustworthy, grade.verdicts
        return grade.points

    with ThreadPoolExecutor(len(tasks)) as pool:
        return dict(zip((task.number for task in tasks), pool.map(judge, tasks), strict=True))
