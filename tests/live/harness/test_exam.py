"""Whole mock exams by script on real control planes: killed, gone on with, handed in, or left to their deadline."""

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.app import App
from harness.exams import places, resetting
from harness.exams.exam import Task
from harness.ways import Way
from setup.errors import LabsError
from tests.live.sitting import Sitting, check_result, named

pytestmark = pytest.mark.live

BLUEPRINT = "mock-embedded"
SEED = "11"


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
    assert "this is the shell of an exam" in sitting.shell("labs grade")

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


def test_the_deadline_passes_with_nobody_at_the_terminal(sitting):
    sitting.json("start", BLUEPRINT, "--seed", SEED, "--minutes", "1", "--yes")
    said = sitting.shell("kubectl get ns", "ssh cka0003 kubectl get ns -o name", "ssh cka0003 pwd")
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
    assert "namespace/yard" in sitting.shell("ssh cka0003 kubectl get ns -o name")


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

    app.preload()  # before there are threads, as a grade does
    with ThreadPoolExecutor(len(tasks)) as pool:
        return dict(zip((task.number for task in tasks), pool.map(judge, tasks), strict=True))
