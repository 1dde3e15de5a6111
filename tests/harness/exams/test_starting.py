import pytest

from harness.exams.exam import Stage
from harness.exams.starting import start
from harness.session import Phase
from setup.errors import LabsError


def test_everything_is_ready_before_the_clock_starts(hall):
    def look(exam):
        assert exam.ready == {1}
        assert exam.started is None
        hall.now += 500

    exam = start(hall.app, "small", 5, None, look)
    assert (exam.stage, exam.started, exam.deadline) == (Stage.RUNNING, hall.now, hall.now + 600)
    assert hall.world.cluster.watched == [exam.folder]


def test_labs_without_conflict_share_a_cluster_and_have_their_own_folders(begun):
    assert [task.cluster for task in begun.exam.tasks] == [1, 1, 1]
    assert begun.world.provider.calls == [("make", "three-node-1")]
    folders = {begun.exam.vars[number]["work"] for number in (1, 2, 3)}
    assert len(folders) == 3
    assert [each.count("team-1") for each in begun.world.cluster.applied] == [1, 1, 1]
    session = begun.app.sessions.read("three-node-1")
    assert (session.phase, session.lab) == (Phase.EXAM, begun.exam.id)


def test_what_will_run_is_said_before(begun):
    assert begun.world.told[0].startswith("A small exam: 3 tasks, 10 min")
    assert begun.world.told[1] == "cluster 1: three-node on fake, task 1, 2, 3"


def test_labs_that_conflict_get_clusters_of_their_own(make_hall):
    hall = make_hall(lab_11_first="default-storageclass", lab_13_third="default-storageclass")
    exam = start(hall.app, "small", 5, None)
    assert exam.task(1).cluster != exam.task(3).cluster
    assert sorted(call for call in hall.world.provider.calls if call[0] == "make") == [
        ("make", "three-node-1"), ("make", "three-node-2"),
    ]  # fmt: skip


def test_more_clusters_than_the_machine_holds_are_refused_before_anything_is_made(make_hall):
    hall = make_hall(lab_11_first="default-storageclass", lab_13_third="default-storageclass")
    hall.world.provider.holds = 1
    with pytest.raises(LabsError, match="there is room for 1"):
        start(hall.app, "small", 5, None)
    assert hall.world.provider.calls == []
    assert hall.app.exams.names() == ()


@pytest.mark.parametrize("step", ["up", "apply", "connect"])
def test_preparing_that_was_interrupted_is_gone_on_with(hall, step):
    def interrupt(now):
        if now == step:
            raise LabsError("cut off", "Try again.")

    hall.world.provider.before = hall.world.cluster.before = interrupt
    with pytest.raises(LabsError, match="cut off") as caught:
        start(hall.app, "small", 5, None)
    assert "`labs exam start` goes on" in caught.value.fix
    first = hall.exam
    hall.world.provider.before = hall.world.cluster.before = lambda _: None
    exam = start(hall.app, "small", None, None)
    assert (exam.id, exam.seed, exam.stage) == (first.id, 5, Stage.RUNNING)
    assert len(hall.app.sessions.names()) == 1


def test_what_is_ready_stays_ready_when_the_candidate_does_not_begin(hall):
    def no(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start(hall.app, "small", 5, None, no)
    made = list(hall.world.provider.calls)
    assert start(hall.app, "small", 5, None).stage is Stage.RUNNING
    assert hall.world.provider.calls == made


def test_a_second_exam_is_refused(begun):
    with pytest.raises(LabsError, match="is open") as caught:
        start(begun.app, "small", 5, None)
    assert caught.value.code == 2


def test_a_start_that_passes_untouched_does_not_begin(hall):
    hall.app.catalog.get("12-second")
    checks = hall.app.catalog.folders["12-second"] / "checks.py"
    checks.write_text(checks.read_text() + '\n\n@check(points=1)\ndef always(k8s: K8s) -> None:\n    """A."""\n')
    with pytest.raises(LabsError, match="12-second did not take effect"):
        start(hall.app, "small", 5, None)
    assert hall.exam.stage is Stage.PREPARING


def test_the_same_seed_is_the_same_exam(hall):
    from harness.exams.sitting import abandon

    first = start(hall.app, "small", 5, None)
    abandon(hall.app)
    hall.now += 60
    second = start(hall.app, "small", 5, None)
    assert first.tasks == second.tasks
    assert [first.vars[n]["code"] for n in (1, 2, 3)] == [second.vars[n]["code"] for n in (1, 2, 3)]


def test_a_sandbox_that_was_used_is_cleaned_first(hall, labs):
    labs("start", "11-first")
    labs("start", "02", "--end")
    labs("stop", "nothing")
    hall.app.sessions.change(hall.app.sessions.current(), phase=Phase.ENDED)
    start(hall.app, "small", 5, None)
    assert hall.world.provider.calls[-1] == ("reset", "three-node-1")


def test_labs_start_leaves_the_exams_sandbox_alone(begun, labs):
    assert labs("start", "2").code == 0
    assert begun.app.sessions.of("02-break").sandbox == "three-node-2"
    assert begun.app.sessions.read("three-node-1").phase is Phase.EXAM


def test_an_unknown_blueprint_names_the_near_one(hall):
    with pytest.raises(LabsError, match="did you mean 'small'"):
        start(hall.app, "smal", 5, None)


def test_the_weights_are_the_domains_shares(begun):
    assert [task.weight for task in begun.exam.tasks] == [20.0, 20.0, 60.0]


def test_a_cluster_that_died_while_the_candidate_hesitated_is_started_again(hall):
    def no(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start(hall.app, "small", 5, None, no)
    hall.world.provider.die("three-node-1")
    assert start(hall.app, "small", 5, None).stage is Stage.RUNNING
    assert hall.world.provider.calls[-1] == ("revive", "three-node-1")


def test_a_cluster_that_is_gone_by_then_is_made_again(hall):
    def no(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start(hall.app, "small", 5, None, no)
    hall.world.provider.down("three-node-1")
    assert start(hall.app, "small", 5, None).stage is Stage.RUNNING
    assert hall.world.provider.calls[-1] == ("make", "three-node-1")
