from harness.exams import proctor, sitting, terminals
from harness.exams.exam import Stage
from harness.exams.result import make_result
from setup.processes import Identity, write_identities


def turn(hall):
    """A pause that turns the clock by what was to be waited, and remembers it."""
    waited = []

    def pause(seconds):
        waited.append(seconds)
        hall.now += max(seconds, 1.0)

    return pause, waited


def test_at_the_deadline_everything_is_graded_with_nobody_there(begun):
    begun.solve(1)
    pause, waited = turn(begun)
    proctor.watch(begun.app, begun.exam.id, pause)
    assert begun.exam.stage is Stage.ENDED
    assert begun.exam.late == 0
    assert 590 <= len(waited) <= 700, "the clock is looked at again and again"


def test_a_machine_that_slept_through_the_deadline_is_told(begun):
    def sleep(_):
        begun.now += 5000

    proctor.watch(begun.app, begun.exam.id, sleep)
    assert begun.exam.late > 4000


def test_an_exam_that_was_given_up_needs_no_proctor(begun):
    sitting.abandon(begun.app)
    proctor.watch(begun.app, begun.exam.id, lambda _: None)


def test_the_clock_that_stands_lets_nothing_end(begun):
    sitting.pause(begun.app)
    looks = []

    def pause(_):
        looks.append(begun.exam.stage)
        begun.now += 1000
        if len(looks) == 3:
            sitting.abandon(begun.app)

    proctor.watch(begun.app, begun.exam.id, pause)
    assert looks == [Stage.PAUSED] * 3


def test_a_submit_that_was_killed_is_finished(begun):
    begun.app.exams.note(begun.exam, "submitted")
    proctor.watch(begun.app, begun.exam.id, lambda _: None)
    assert begun.exam.stage is Stage.ENDED


def test_an_interrupted_reset_is_finished(begun):
    begun.app.exams.note(begun.exam, "resetting", task=2)
    pause, _ = turn(begun)
    proctor.watch(begun.app, begun.exam.id, pause)
    assert begun.exam.resets == {2: 1}


def test_a_grading_that_fails_is_tried_again(begun, monkeypatch):
    failures = []

    def fail(*_):
        if len(failures) < 2:
            failures.append(1)
            raise OSError(28, "no room")

    monkeypatch.setattr("harness.exams.grading.make_result", lambda *given: fail() or make_result(*given))
    pause, _ = turn(begun)
    begun.now += 600
    proctor.watch(begun.app, begun.exam.id, pause)
    assert begun.exam.stage is Stage.ENDED
    assert any("tried again" in line for line in begun.world.told)


def test_warnings_reach_the_terminals(begun, monkeypatch):
    said = []
    monkeypatch.setattr(terminals, "tell", lambda folder, sentence: said.append(sentence))
    pause, _ = turn(begun)
    proctor.watch(begun.app, begun.exam.id, pause)
    assert said[0] == "0:05:00 left"
    assert said[-1].startswith("the time is over")
    assert len(said) == 2, "ten minutes were there at the start"


def test_a_line_is_written_to_live_terminals_only(tmp_path):
    import os
    import pty

    reader, writer = pty.openpty()
    folder = tmp_path / terminals.FOLDER
    folder.mkdir()
    write_identities(folder / "1", {os.ttyname(writer): Identity.of(os.getpid())})
    write_identities(folder / "2", {"/dev/nowhere": Identity(os.getpid(), "another boot")})
    terminals.tell(tmp_path, "5 minutes left")
    assert b"*** 5 minutes left ***" in os.read(reader, 200)
    assert [file.name for file in folder.iterdir()] == ["1"]
    os.close(reader)
    os.close(writer)


def test_only_the_proctor_itself_is_ended(begun):
    import subprocess

    with subprocess.Popen(["sleep", "60"]) as stranger, subprocess.Popen(["sleep", "60"]) as mine:
        write_identities(begun.exam.folder / proctor.IDENTITY, {"proctor": Identity(stranger.pid, "another boot")})
        proctor.dismiss(begun.exam)
        assert stranger.poll() is None
        write_identities(begun.exam.folder / proctor.IDENTITY, {"proctor": Identity.of(mine.pid)})
        proctor.dismiss(begun.exam)
        assert mine.wait(timeout=5) == -9
        stranger.kill()
