import json

import pytest

from harness.exams import journal
from setup.errors import LabsError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "an-exam" / "journal.jsonl"


def test_events_are_read_back_in_order(path):
    for number in range(3):
        journal.append(path, {"event": "opened", "task": number})
    assert [event["task"] for event in journal.read(path)] == [0, 1, 2]
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_journal_is_no_events(path):
    assert journal.read(path) == ()


@pytest.mark.parametrize("cut", range(1, 30, 4))
def test_half_a_line_of_a_killed_writer_is_cut_off(path, cut):
    journal.append(path, {"event": "drawn"})
    whole = path.read_bytes()
    torn = json.dumps({"event": "submitted", "at": 1}).encode()[:cut]
    path.write_bytes(whole + torn)
    assert journal.read(path) == ({"event": "drawn"},)
    journal.append(path, {"event": "opened", "task": 1})
    assert [event["event"] for event in journal.read(path)] == ["drawn", "opened"]


@pytest.mark.parametrize("line", ["{", "[]", '{"at": 1}', '{"event": 3}'])
def test_damage_in_the_middle_names_file_and_line(path, line):
    journal.append(path, {"event": "drawn"})
    with path.open("a") as file:
        file.write(line + "\n")
    journal.append(path, {"event": "started"})
    with pytest.raises(LabsError, match="line 2") as caught:
        journal.read(path)
    assert str(path) in caught.value.what


def test_every_event_waits_for_the_disk(path, monkeypatch):
    synced = []
    monkeypatch.setattr(journal.os, "fsync", synced.append)
    journal.append(path, {"event": "drawn"})
    journal.append(path, {"event": "started"})
    assert len(synced) == 3, "each line, and the folder of the new file"
