from pathlib import Path

import pytest

from harness.exams.exam import Stage, fold

TASK = {
    "lab": "01-pass", "title": "T", "domain": "Storage", "minutes": 4, "points": 4, "weight": 50.0, "seed": 1,
    "cluster": 1, "alone": True,
}  # fmt: skip
DRAWN = {
    "event": "drawn", "at": 0, "blueprint": "mini", "title": "Mini", "minutes": 10, "pass_mark": 66, "seed": 1,
    "shares": {"Storage": 100.0}, "clusters": [{"number": 1, "provider": "fake", "shape": "three-node"}],
    "tasks": [{**TASK, "number": number, "host": f"cka000{number}"} for number in (1, 2, 3)],
}  # fmt: skip
STARTED = {"event": "started", "at": 1000.0, "deadline": 1600.0}


def exam(*events):
    return fold("x", Path(), [DRAWN, *events])


def at(event, moment, **facts):
    return {"event": event, "at": moment, **facts}


def test_the_time_of_a_task_is_that_for_which_it_was_open():
    found = exam(STARTED, at("opened", 1010.0, task=1), at("opened", 1040.0, task=2), at("opened", 1100.0, task=1))
    assert (found.seconds(1, 1200.0), found.seconds(2, 1200.0), found.seconds(3, 1200.0)) == (130.0, 60.0, 0)
    assert found.seconds(1, 9999.0) == 30 + 500, "not beyond the deadline"


def test_a_pause_stops_the_clock_and_the_tasks_time():
    found = exam(STARTED, at("opened", 1000.0, task=1), at("paused", 1100.0))
    assert (found.stage, found.left(5000.0), found.over(5000.0)) == (Stage.PAUSED, 500.0, False)
    found = exam(STARTED, at("opened", 1000.0, task=1), at("paused", 1100.0), at("resumed", 3000.0, deadline=3500.0))
    assert (found.left(3100.0), found.seconds(1, 3100.0), found.paused(3100.0)) == (400.0, 200.0, 1900.0)


def test_the_time_is_over_at_the_deadline_or_when_handed_in():
    assert not exam(STARTED).over(1599.9)
    assert exam(STARTED).over(1600.0)
    assert exam(STARTED, at("submitted", 1200.0)).over(1200.0)
    assert not exam(STARTED, at("closed", 1601.0), at("ended", 1610.0)).open


@pytest.mark.parametrize(("closed", "late"), [(1600.5, 0), (1604.0, 0), (1700.0, 100.0)])
def test_access_that_was_taken_away_late_is_told(closed, late):
    assert exam(STARTED, at("closed", closed)).late == late


def test_handing_in_before_the_deadline_is_never_late():
    assert exam(STARTED, at("submitted", 1599.0), at("closed", 1700.0)).late == 0


def test_a_reset_that_was_not_finished_is_known():
    assert exam(STARTED, at("resetting", 1001, task=2)).resetting == 2
    found = exam(STARTED, at("resetting", 1001, task=2), at("reset", 1002, task=2, vars={"a": 1}))
    assert (found.resetting, found.resets, found.vars) == (None, {2: 1}, {2: {"a": 1}})


def test_events_of_a_later_version_are_left_out():
    assert exam(at("levitated", 1)).stage is Stage.PREPARING


def test_flags_come_and_go():
    found = exam(
        at("flagged", 1, task=1, on=True), at("flagged", 2, task=3, on=True), at("flagged", 3, task=1, on=False)
    )
    assert found.flagged == {3}


def test_a_lost_cluster_that_is_found_again_is_not_lost():
    found = exam(at("lost", 1, cluster=1, why="gone"), at("found", 2, cluster=1))
    assert (found.lost, found.revived) == ({}, 1)
