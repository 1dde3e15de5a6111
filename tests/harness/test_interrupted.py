"""kill -9 and Ctrl-C at any point: the next command finds a sound state."""

import os
import signal

import pytest

from harness.cli.running import run

STEPS = ("up", "apply", "connect")


def kill_at(world, step, words):
    """Run `labs` in a process of its own that kills itself, without a chance to clean up, before ``step``."""
    pid = os.fork()
    if pid == 0:
        world.provider.before = world.cluster.before = lambda now: (
            os.kill(os.getpid(), signal.SIGKILL) if now == step else None
        )
        os._exit(run(words, world.app))
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status)


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_start_is_done_again(world, labs, step):
    kill_at(world, step, ["start", "1"])
    assert labs("start", "1").code == 0
    assert [session.sandbox for session in world.app.sessions.all()] == ["three-node-1"]
    world.solve()
    assert labs("grade").code == 0


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_start_leaves_its_sandbox_to_another_lab(world, labs, step):
    kill_at(world, step, ["start", "1"])
    assert labs("start", "2").code == 0
    assert [session.lab for session in world.app.sessions.all()] == ["02-break"]
    assert world.app.sessions.names() == ("three-node-1",)


def test_a_killed_start_is_not_graded(world, labs):
    kill_at(world, "apply", ["start", "1"])
    answer = labs("grade")
    assert answer.code == 3
    assert "the start of 01-pass was interrupted" in answer.err
    assert "`labs start 01-pass`" in answer.err


@pytest.mark.parametrize("again", [["reset"], ["start", "1"]])
@pytest.mark.parametrize("step", ["reset", "apply"])
def test_a_killed_reset_is_done_again(world, labs, step, again):
    labs("start", "1")
    world.solve()
    kill_at(world, step, ["reset"])
    answer = labs("grade")
    assert answer.code == 3
    assert "`labs reset 01-pass` does it again" in answer.err
    assert labs(*again).code == 0
    assert not (world.work() / "answer.txt").exists()
    assert labs("grade").code == 1


def test_a_killed_reset_does_not_give_the_sandbox_away(world, labs):
    labs("start", "1")
    kill_at(world, "reset", ["reset"])
    labs("start", "2")
    assert world.app.sessions.read("three-node-2").lab == "02-break"


def test_a_killed_stop_is_finished(world, labs):
    labs("start", "1")
    kill_at(world, "down", ["stop"])
    assert labs("grade").code == 3
    assert labs("stop").code == 0
    assert world.app.sessions.names() == ()


def test_a_lab_whose_stop_was_killed_starts_anew(world, labs):
    labs("start", "1")
    world.solve()
    kill_at(world, "down", ["stop"])
    assert labs("start", "1").code == 0
    assert labs("grade").code == 1


def test_a_killed_grade_changes_nothing(world, labs):
    labs("start", "1")
    world.solve()
    kill_at(world, "connect", ["grade"])
    assert labs("grade").code == 0


def test_ctrl_c_exits_with_130(world, labs):
    def interrupt(step):
        raise KeyboardInterrupt

    world.cluster.before = interrupt
    assert labs("start", "1").code == 130
    world.cluster.before = lambda _: None
    assert labs("start", "1").code == 0


def test_no_lock_file_is_left(world, labs):
    kill_at(world, "apply", ["start", "1"])
    labs("start", "1")
    labs("grade")
    labs("reset")
    assert list(world.app.state.rglob("*.lock")) == []


def test_stop_all_removes_what_a_killed_command_left(world, labs):
    kill_at(world, "up", ["start", "1"])
    assert labs("stop", "--all").code == 0
    assert [path for path in world.app.state.rglob("*") if path.is_file()] == []


def test_a_reset_during_a_grade_makes_the_grade_void(world, labs):
    labs("start", "1")

    def reset_meanwhile(step):
        world.cluster.before = lambda _: None
        session = world.app.sessions.read("three-node-1")
        world.app.sessions.change(session, resets=session.resets + 1)

    world.cluster.before = reset_meanwhile
    answer = labs("grade")
    assert answer.code == 3
    assert "reset or ended while it was judged" in answer.err
