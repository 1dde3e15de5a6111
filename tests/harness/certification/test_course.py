"""Faults are tried from the file that they are in, and judged as if the whole way had been gone."""

import shutil

import pytest

from harness.certification.course import Course
from harness.certification.walk import Walk
from setup.errors import LabsError

FILES = {"10-a.sh": "echo a >> done\n", "20-b.sh": "echo b >> done\n", "30-c.sh": "echo c >> done\n"}


@pytest.fixture
def course(make_own_world, mine):
    """The course of a lab with these files, gone once."""
    reference = mine / "solutions" / "reference"

    def make(files, keeps=True, changing=tuple(FILES)):
        shutil.rmtree(reference)
        reference.mkdir()
        for name, text in files.items():
            (reference / name).write_text(text)
        world = make_own_world()
        world.provider.keeps = keeps
        walk = Walk(world.app, world.app.catalog.get("01-pass"), "fake")
        walk.begin(1)
        course = Course(walk, lambda *_: {})
        course.go(changing)
        course.world = world
        world.provider.calls.clear()
        return course

    return make


def done(course):
    return (course.walk.started.sandbox.work / "done").read_text().split()


def calls(course):
    return [call[0] if call[0] == "reset" else call[2] for call in course.world.provider.calls if call[0] != "up"]


@pytest.mark.parametrize(("file", "begin"), [("10-a.sh", 0), ("20-b.sh", 1), ("30-c.sh", 2)])
def test_only_what_a_fault_may_change_is_done_again(course, file, begin):
    course = course(FILES)
    assert course.again(file, "echo fault >> done\n")
    assert done(course) == [*"abc"[:begin], "fault", *"abc"[begin + 1 :]]
    assert calls(course) == [f"before/{begin}"]
    assert course.beginnings() == [file]


def test_nothing_is_kept_before_files_that_stay(course):
    course = course(FILES, changing=["20-b.sh"])
    course.again("20-b.sh", "echo fault >> done\n")
    assert calls(course) == ["before/1"]
    course.again("30-c.sh", "echo fault >> done\n")
    assert done(course) == ["a", "b", "fault"]
    assert calls(course) == ["before/1", "before/1"]


def test_without_checkpoints_the_whole_way_is_gone_from_a_clean_start(course):
    course = course(FILES, keeps=False)
    course.again("30-c.sh", "echo fault >> done\n")
    assert done(course) == ["a", "b", "fault"]
    assert calls(course) == ["reset"]
    assert course.beginnings() == ["10-a.sh"]


def test_a_checkpoint_that_does_not_hold_is_left_for_the_one_before(course):
    course = course(FILES)
    refuse = iter([LabsError("no rest")])

    def before(what):
        for error in refuse if what == "restore" else ():
            raise error

    course.world.provider.before = before
    for _ in range(2):
        course.again("30-c.sh", "echo fault >> done\n")
        assert done(course) == ["a", "b", "fault"]
    assert calls(course) == ["before/1", "before/1"]


def test_a_file_that_an_earlier_script_uses_is_changed_for_that_script_too(course):
    course = course({**FILES, "20-b.sh": 'cat "$SOLUTION/30-c.sh" >> done\n'})
    course.again("30-c.sh", "echo fault >> done\n")
    assert done(course) == ["a", "echo", "fault", ">>", "done", "fault"]


def test_a_file_that_fails_ends_the_way_and_keeps_what_was_done(course):
    course = course(FILES)
    assert course.again("20-b.sh", "echo half >> done; exit 3\n")
    assert done(course) == ["a", "half"]


def test_a_fault_that_does_not_show_needs_no_end(course):
    course = course(FILES)
    assert not course.again("20-b.sh", "echo b >> done # the same\n", shown=lambda objects: False)
    assert done(course) == ["a", "b"]


def test_a_fault_may_take_twice_as_long_and_no_longer(course, monkeypatch):
    monkeypatch.setattr("harness.certification.course.SPARE", 0.3)
    course = course(FILES)
    course.seconds = [50.0, 0.1, 0.1]
    assert course.again("20-b.sh", "sleep 30\n")
    assert done(course) == ["a"]
