import dataclasses
import os
import time

import pytest

from harness.exams import closing, grading, places, sitting
from harness.exams.exam import Stage
from harness.exams.results import find_result, load
from harness.locks import BusyError
from harness.session import Phase
from setup.errors import LabsError


def test_handing_in_grades_everything_and_gives_the_sandboxes_back(begun):
    begun.solve(1)
    begun.solve(2, "wrong")
    begun.now += 120
    document = load(sitting.submit(begun.app))
    assert [(task["points"], task["possible"]) for task in document["tasks"]] == [(6, 6), (3, 6), (0, 6)]
    assert document["score"] == round(40 * 9 / 12, 1)
    assert (document["passed"], document["minutes_used"]) == (False, 2.0)
    assert begun.world.cluster.revoked == ["three-node-1"]
    assert begun.app.sessions.read("three-node-1").phase is Phase.ENDED


def test_work_after_the_end_does_not_count(begun):
    exam = begun.exam
    work = begun.solve(1, "wrong")
    closing.close(begun.app, exam)
    (work / "answer.txt").write_text(exam.vars[1]["code"])
    document = load(grading.finish(begun.app, exam))
    assert document["tasks"][0]["points"] == 3


def test_the_login_goes_before_anything_is_judged(begun):
    sandbox = begun.app.providers["fake"].sandboxes()[0]
    sandbox.candidate_kubeconfig.write_text("login")
    order = []
    begun.world.cluster.before = lambda step: order.append((step, sandbox.candidate_kubeconfig.exists()))
    sitting.submit(begun.app)
    assert order[0] == ("revoke", False)
    assert all(not there for _, there in order)


def test_what_is_broken_is_asked_for_again_and_then_not_counted(begun):
    begun.solve(1)
    (begun.solve(3) / "broken").touch()
    document = load(sitting.submit(begun.app))
    third = document["tasks"][2]
    assert (third["points"], third["possible"], third["trustworthy"]) == (4, 4, False)
    assert document["score"] == round(40 * 6 / 12 + 60, 1)
    assert document["trustworthy"] is False
    assert any("In task 3 the grader or the cluster failed" in remark for remark in document["remarks"])


def test_what_was_broken_for_a_moment_costs_nothing(begun):
    broken = begun.solve(3) / "broken"
    broken.touch()
    asked = []

    def look(step):
        if step == "connect":
            asked.append(step)
            if len(asked) > 3:
                (closing.kept(begun.exam, "cka0003") / "broken").unlink(missing_ok=True)

    begun.world.cluster.before = look
    document = load(sitting.submit(begun.app))
    assert document["trustworthy"] is True
    assert document["tasks"][2]["points"] == 6


@pytest.mark.parametrize(("capabilities", "at_once"), [({"api"}, 3), ({"api", "pods"}, 1)])
def test_tasks_on_real_nodes_are_judged_few_at_a_time(begun, monkeypatch, capabilities, at_once):
    monkeypatch.setattr(grading, "REAL_AT_ONCE", 1)
    begun.world.provider.capabilities = frozenset(capabilities)
    together, most = [], []

    def look(step):
        if step == "connect":
            together.append(step)
            time.sleep(0.2)
            most.append(len(together))
            together.pop()

    begun.world.cluster.before = look
    sitting.submit(begun.app)
    assert max(most) == at_once


def test_a_lost_cluster_costs_no_point(make_hall):
    from harness.exams.starting import start

    hall = make_hall(lab_13_third="control-plane")
    start(hall.app, "small", 5, None)
    hall.solve(1)
    hall.solve(2)
    name = places.session_of(hall.app, hall.exam, hall.exam.task(3).cluster).sandbox
    hall.world.provider.down(name)
    document = load(sitting.submit(hall.app))
    assert (document["tasks"][2]["possible"], document["score"]) == (0, 100.0)
    assert any("cluster of task 3 was lost" in remark for remark in document["remarks"])


def test_if_nothing_could_be_judged_there_is_no_score_and_no_pass(begun):
    begun.world.provider.down("three-node-1")
    document = load(sitting.submit(begun.app))
    assert (document["score"], document["passed"], document["trustworthy"]) == (None, False, False)


@pytest.mark.parametrize("step", ["revoke", "connect"])
def test_grading_that_was_killed_is_gone_on_with(begun, step):
    begun.solve(1)

    def kill(now):
        if now == step:
            raise SystemExit(9)

    begun.world.cluster.before = kill
    with pytest.raises(SystemExit):
        sitting.submit(begun.app)
    assert begun.exam.stage is Stage.CLOSING
    begun.world.cluster.before = lambda _: None
    document = find_result(begun.app, None)
    assert document["tasks"][0]["points"] == 6
    assert begun.exam.stage is Stage.ENDED


def test_a_rights_server_that_does_not_answer_does_not_stop_the_grading(begun):
    def fail(step):
        if step == "revoke":
            raise LabsError("no answer")

    begun.world.cluster.before = fail
    assert sitting.submit(begun.app).stage is Stage.ENDED


def test_access_that_was_taken_away_late_is_in_the_result(begun):
    begun.solve(1)
    begun.now += 600 + 90
    document = find_result(begun.app, None)
    assert (document["late_seconds"], document["minutes_used"]) == (90, 10.0)
    assert "changes could have been made for 90 s longer" in document["remarks"][0]


def test_one_command_at_a_time_grades(begun):
    with begun.app.locks.hold(f"finish-{begun.exam.id}"), pytest.raises(BusyError):
        grading.finish(begun.app, begun.exam, wait=0.0)


def test_nothing_is_shown_before_the_end(begun, labs):
    begun.solve(1)
    answer = labs("exam", "result", "--json")
    assert (answer.code, answer.out) == (3, "")
    for verb in ("status", "tasks"):
        assert "points" not in labs("exam", verb, "--json").out


def test_a_work_folder_is_kept_without_what_blocks_or_is_huge(tmp_path):
    work = tmp_path / "work"
    (work / "deep").mkdir(parents=True)
    (work / "deep" / "answer.txt").write_text("x")
    os.mkfifo(work / "pipe")
    (work / "link").symlink_to("/nowhere")
    with (work / "huge").open("wb") as file:
        file.truncate(closing.LARGEST + 1)
    closing.keep(work, tmp_path / "kept")
    assert sorted(each.name for each in (tmp_path / "kept").rglob("*")) == ["answer.txt", "deep", "link"]


def test_a_work_folder_that_was_removed_is_an_empty_one(tmp_path):
    closing.keep(tmp_path / "gone", tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_grader_that_fails_on_one_task_leaves_the_others_their_points(begun):
    begun.solve(1)
    begun.solve(2)
    connect = begun.app.connect

    def fail(sandbox, variables):
        if variables["namespace"] == "team-12":
            raise RuntimeError("a bug")
        return connect(sandbox, variables)

    object.__setattr__(begun.app, "connect", fail)
    document = load(sitting.submit(begun.app))
    assert [(task["points"], task["possible"]) for task in document["tasks"]] == [(6, 6), (0, 0), (0, 6)]
    assert "RuntimeError: a bug" in document["tasks"][1]["lost"]


def test_no_login_is_left_behind(begun):
    sandbox = begun.app.providers["fake"].sandboxes()[0]
    sandbox.candidate_kubeconfig.write_text("login")
    begun.solve(1)
    sitting.submit(begun.app)
    assert [each.name for each in sandbox.directory.glob("candidate*")] == []
    assert not (begun.exam.folder / "work").exists()


def test_on_real_nodes_the_way_in_goes_and_whoever_came_in_is_sent_home(begun, monkeypatch, tmp_path):
    log = tmp_path / "docker.log"
    (tmp_path / "docker").write_text(f'#!/bin/sh\nprintf "%s\\n" "$1 $2 $3 $4" >> {log}\n')
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    sandbox = begun.app.providers["fake"].sandboxes()[0]
    names = ("labs-x-control-plane", "labs-x-worker")
    dataclasses.replace(sandbox, nodes=tuple((name, f"docker://{name}") for name in names)).save()
    closing.let_in(begun.app, begun.exam)
    table = sandbox.directory / "shell" / "bin" / "nodes.json"
    assert table.exists()
    closing.close(begun.app, begun.exam)
    assert not table.exists()
    assert log.read_text().splitlines() == [f"exec {name} sh -c" for name in names]


def test_a_path_in_an_explanation_is_one_that_the_candidate_knows(begun):
    document = load(sitting.submit(begun.app))
    assert "/exams/" not in str(document["tasks"][0]["checks"])


def test_a_cluster_that_was_given_up_and_runs_again_is_judged(begun):
    begun.solve(1)
    exam = begun.app.exams.note(begun.exam, "lost", cluster=1, why="Docker does not answer")
    document = load(grading.finish(begun.app, exam))
    assert document["tasks"][0]["points"] == 6
    assert all(task["lost"] is None for task in document["tasks"])
