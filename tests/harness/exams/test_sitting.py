import pytest

from harness.exams import sitting
from harness.exams.exam import Stage
from setup.errors import LabsError


def test_the_first_task_opens_and_time_counts_for_what_is_open(begun):
    sitting.open_task(begun.app, None)
    begun.now += 30
    sitting.open_task(begun.app, None, step=1)
    begun.now += 12
    sitting.open_task(begun.app, 2)
    assert (begun.exam.opened, begun.exam.seconds(1, begun.now), begun.exam.seconds(2, begun.now)) == (2, 30, 12)


def test_next_before_any_task_is_the_first(begun):
    assert sitting.open_task(begun.app, None, step=1)[1].number == 1


@pytest.mark.parametrize(("first", "step", "said"), [(3, 1, "last task"), (1, -1, "first task")])
def test_there_is_nothing_beyond_the_ends(begun, first, step, said):
    sitting.open_task(begun.app, first)
    with pytest.raises(LabsError, match=said):
        sitting.open_task(begun.app, None, step=step)


def test_a_flag_is_changed_over(begun):
    assert sitting.flag(begun.app, 2, on=None)[0].flagged == {2}
    assert sitting.flag(begun.app, 2, on=None)[0].flagged == set()
    assert sitting.flag(begun.app, 2, on=False)[0].flagged == set()


def test_a_flag_without_a_number_needs_an_open_task(begun):
    with pytest.raises(LabsError, match="no task is open"):
        sitting.flag(begun.app, None, on=None)


def test_a_pause_takes_the_login_away_and_a_resume_gives_time_and_login_back(begun):
    sandbox = begun.app.providers["fake"].sandboxes()[0]
    sandbox.candidate_kubeconfig.write_text("login")
    begun.now += 100
    sitting.pause(begun.app)
    assert not sandbox.candidate_kubeconfig.exists()
    begun.now += 5000
    assert sitting.attend(begun.app).stage is Stage.PAUSED
    with pytest.raises(LabsError, match="stopped"):
        sitting.open_task(begun.app, 1)
    exam = sitting.resume(begun.app)
    assert sandbox.candidate_kubeconfig.read_text() == "login"
    assert exam.left(begun.now) == 500


def test_only_a_stopped_clock_can_go_on(begun):
    with pytest.raises(LabsError, match="not stopped"):
        sitting.resume(begun.app)


def test_nothing_can_be_done_after_the_deadline_and_it_is_graded(begun):
    begun.solve(1)
    begun.now += 600
    with pytest.raises(LabsError, match="the time of A small exam is over"):
        sitting.open_task(begun.app, 2)
    assert begun.exam.stage is Stage.ENDED


def test_a_dead_cluster_is_brought_back_with_the_work_in_it(begun):
    work = begun.solve(1)
    begun.world.provider.die("three-node-1")
    exam = sitting.attend(begun.app)
    assert ("revive", "three-node-1") in begun.world.provider.calls
    assert exam.lost == {}
    assert (work / "answer.txt").exists()


def test_a_lost_cluster_is_said_with_its_tasks(begun):
    begun.world.provider.down("three-node-1")
    exam = sitting.attend(begun.app)
    assert exam.lost == {1: "its sandbox is gone"}
    assert any("cluster of task 1, 2, 3 is lost" in line for line in begun.world.told)
    sitting.attend(begun.app)
    assert [event for event in _events(begun) if event == "lost"] == ["lost"]


def test_a_cluster_that_cannot_be_brought_back_is_said_and_tried_again(begun):
    begun.world.provider.die("three-node-1")

    def refuse(step):
        if step == "up":
            raise LabsError("no memory", "Close something.")

    begun.world.provider.before = refuse
    assert sitting.attend(begun.app).lost == {1: "no memory"}
    begun.world.provider.before = lambda _: None
    assert sitting.attend(begun.app).lost == {}


def test_a_cluster_that_was_given_up_and_runs_again_by_itself_is_taken_back(begun, monkeypatch):
    """As when a command comes while Docker is away: its nodes start with Docker."""
    provider = begun.world.provider
    with monkeypatch.context() as away:
        away.setattr(provider, "alive", lambda _: False)
        away.setattr(provider, "before", _no_docker)
        assert sitting.attend(begun.app).lost == {1: "Docker does not answer"}
    begun.world.told.clear()
    exam = sitting.attend(begun.app)
    assert exam.lost == {}
    assert exam.revived == 1
    assert not any("does not run" in line for line in begun.world.told)


def _no_docker(step):
    if step == "up":
        raise LabsError("Docker does not answer", "Start it.")


def test_a_proctor_that_died_is_started_again_by_any_command(begun):
    sitting.attend(begun.app)
    assert begun.world.cluster.watched == [begun.exam.folder] * 2
    with begun.app.locks.hold(f"proctor-{begun.exam.id}"):
        sitting.attend(begun.app)
    assert len(begun.world.cluster.watched) == 2


def test_an_abandoned_exam_gives_its_sandboxes_back(begun, labs):
    sitting.abandon(begun.app)
    assert begun.exam.stage is Stage.ABANDONED
    with pytest.raises(LabsError, match="no exam is open"):
        sitting.attend(begun.app)
    labs("start", "1")
    assert begun.app.sessions.of("01-pass").sandbox == "three-node-1"


def test_a_note_has_an_end(begun):
    assert sitting.take_note(begun.app, 1, "look").notes == {1: "look"}
    with pytest.raises(LabsError, match="at most"):
        sitting.take_note(begun.app, 1, "x" * 3000)


def _events(hall):
    from harness.exams import journal

    return [event["event"] for event in journal.read(hall.exam.folder / journal.NAME)]
