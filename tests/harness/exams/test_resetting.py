import pytest

from harness.exams import resetting
from setup.errors import LabsError


def test_a_reset_touches_one_task_alone(begun):
    mine, other = begun.solve(1), begun.solve(2)
    before = begun.exam.vars[1]["code"]
    resetting.reset(begun.app, begun.exam, begun.exam.task(1))
    assert begun.world.provider.calls[-1] == ("reset_part", "three-node-1", "team-11")
    assert not (mine / "answer.txt").exists()
    assert (other / "answer.txt").exists()
    assert begun.exam.resets == {1: 1}
    assert begun.exam.vars[1]["code"] == before
    assert "team-11" in begun.world.cluster.applied[-1]


def test_a_reset_that_was_interrupted_is_done_again(begun):
    def interrupt(step):
        if step == "reset_part":
            raise KeyboardInterrupt

    begun.world.provider.before = interrupt
    work = begun.solve(1)
    with pytest.raises(KeyboardInterrupt):
        resetting.reset(begun.app, begun.exam, begun.exam.task(1))
    assert begun.exam.resetting == 1
    begun.world.provider.before = lambda _: None
    resetting.finish_interrupted(begun.app, begun.exam)
    assert (begun.exam.resetting, begun.exam.resets) == (None, {1: 1})
    assert not (work / "answer.txt").exists()


def test_a_reset_under_way_is_left_to_its_command(begun):
    begun.app.exams.note(begun.exam, "resetting", task=1)
    with begun.app.locks.hold("three-node-1"):
        resetting.finish_interrupted(begun.app, begun.exam)
    assert begun.exam.resetting == 1


def test_a_lab_that_changes_nodes_has_a_cluster_of_its_own_which_is_reset_whole(make_hall):
    from harness.exams.starting import start

    hall = make_hall(lab_11_first="control-plane")
    exam = start(hall.app, "small", 5, None)
    assert [task.number for task in exam.on(exam.task(1).cluster)] == [1]
    resetting.reset(hall.app, hall.exam, hall.exam.task(1))
    assert hall.world.provider.calls[-1][0] == "reset"


def test_where_room_is_short_it_shares_and_says_that_it_cannot_be_reset_alone(make_hall):
    from harness.exams.starting import start

    hall = make_hall(lab_11_first="control-plane")
    hall.world.provider.holds = 1
    exam = start(hall.app, "small", 5, None)
    assert [task.alone for task in exam.tasks] == [False, True, True]
    with pytest.raises(LabsError, match="task 1 shares its cluster with 2, 3 and cannot be reset alone"):
        resetting.reset(hall.app, exam, exam.task(1))
    assert hall.exam.resetting is None


def test_nothing_is_reset_after_the_end(begun):
    begun.app.exams.note(begun.exam, "closed", open=[])
    with pytest.raises(LabsError, match="the time is over"):
        resetting.reset(begun.app, begun.exam, begun.exam.task(1))
