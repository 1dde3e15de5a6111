import dataclasses
import json

import pytest

from harness.locks import BusyError, Locks
from harness.session import Phase, Session, Sessions
from setup.errors import LabsError


@pytest.fixture
def sessions(tmp_path, monkeypatch):
    monkeypatch.delenv("LABS_SANDBOX", raising=False)
    return Sessions(tmp_path / "sandboxes", Locks(tmp_path / "locks"))


def session(sandbox="a", lab="01-pass", started=1.0, **changes):
    return Session(lab, sandbox, "fake", "three-node", 1, started, "/w", {"x": 1}, **changes)


def test_what_is_written_is_read(sessions):
    written = sessions.write(session(phase=Phase.OPEN, last={"points": 1}))
    assert sessions.read("a") == written


def test_keys_of_a_later_version_are_left(sessions):
    written = sessions.write(session())
    path = sessions.path("a")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"flag": 1}))
    assert sessions.read("a") == written


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"lab": 1}', "[" * 100000])
def test_a_damaged_file_is_named(sessions, text):
    sessions.write(session())
    sessions.path("a").write_text(text)
    with pytest.raises(LabsError, match=r"session.json is damaged"):
        sessions.read("a")
    assert sessions.all() == ()
    assert len(sessions.damaged()) == 1


def test_the_lab_started_last_is_meant(sessions):
    for name, started in (("a", 1.0), ("b", 3.0), ("c", 2.0)):
        sessions.write(session(name, f"0{started:.0f}-x", started))
    assert sessions.current().sandbox == "b"
    sessions.change(sessions.current(), phase=Phase.ENDED)
    assert sessions.current().sandbox == "c"


def test_two_commands_do_not_undo_each_others_changes(sessions):
    stale = sessions.write(session())
    sessions.change(stale, hints=2)
    assert sessions.change(stale, solution_seen=True).hints == 2


def test_a_session_that_was_replaced_is_not_written_over(sessions):
    old = sessions.write(session())
    new = sessions.write(dataclasses.replace(old, id="other"))
    with pytest.raises(LabsError, match="ended by another command"):
        sessions.change(old, hints=1)
    assert sessions.read("a") == new


def test_a_lock_is_held_once_and_its_file_goes_away(tmp_path):
    locks = Locks(tmp_path / "locks")
    with locks.hold("x"):
        assert locks.held("x")
        with pytest.raises(BusyError, match="another `labs` command is at work on x"), locks.hold("x", wait=0.1):
            pass
    assert not locks.held("x")
    assert list((tmp_path / "locks").iterdir()) == []
