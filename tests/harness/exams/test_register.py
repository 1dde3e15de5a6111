import threading

import pytest

from harness.exams import journal, sitting
from harness.exams.starting import start
from setup.errors import LabsError


def test_two_commands_at_once_write_whole_events(begun):
    def flag(number):
        for _ in range(10):
            begun.app.exams.note(begun.exam, "flagged", task=number, on=True)

    threads = [threading.Thread(target=flag, args=(number,)) for number in (1, 2, 3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    events = journal.read(begun.exam.folder / journal.NAME)
    assert sum(event["event"] == "flagged" for event in events) == 30
    assert (begun.exam.folder / "clock").read_text().split()[0] == "running"


def test_an_event_that_came_too_late_is_not_written(begun):
    begun.app.exams.note(begun.exam, "submitted")
    with pytest.raises(LabsError, match="too late"):
        begun.app.exams.note(begun.exam, "opened", task=1, unless=lambda exam: "too late" if exam.submitted else None)
    assert begun.exam.opened is None


def damage(hall):
    with (hall.exam.folder / journal.NAME).open("a") as file:
        file.write("{half\n")


def test_a_damaged_journal_is_one_sentence_and_can_be_given_up(begun, labs):
    damage(begun)
    answer = labs("exam", "status")
    assert answer.code == 3
    assert "is damaged in line" in answer.err
    assert "`labs exam abandon`" in answer.err
    assert labs("exam", "abandon").code == 0
    assert labs("stop", "--all").code == 0
    start(begun.app, "small", 6, None)


def test_a_damaged_result_does_not_hide_the_others(begun, labs):
    sitting.submit(begun.app)
    first = begun.exam
    begun.now += 60
    start(begun.app, "small", 6, None)
    sitting.submit(begun.app)
    (first.folder / "result.json").write_text("{")
    assert labs("exam", "result", "--json").code == 1
    history = labs("exam", "history")
    assert first.id in history.out
    assert "damaged" in history.out
    assert labs("progress").code == 0
    assert any("left out" in line for line in begun.world.told)


def test_the_sandboxes_of_an_exam_are_not_stopped_by_accident(begun, labs):
    for words in (("stop", "--all"), ("stop", "three-node-1")):
        answer = labs(*words)
        assert answer.code == 2
        assert "labs exam abandon" in answer.err
    sitting.abandon(begun.app)
    assert labs("stop", "--all").code == 0
    assert begun.app.sessions.names() == ()


def test_no_exam_is_said(hall, labs):
    for verb in ("status", "tasks", "task", "shell", "pause", "submit", "abandon"):
        answer = labs("exam", verb)
        assert answer.code == 3
        assert "no exam is open" in answer.err
    assert "no exam was graded yet" in labs("exam", "result").err
    assert "No exam was begun yet" in labs("exam", "history").out
    assert "No exam was graded yet" in labs("progress").out
