"""Coming back to a state between the baseline and now."""

import os

import pytest

from setup.checkpoint import Checkpoint
from setup.errors import LabsError
from setup.etcd import Entry
from setup.sandbox import Sandbox
from tests.setup.test_baseline import FakeEtcd

ROLE, POD, EVENT, LEASE = (
    "/registry/roles/shop/a",
    "/registry/pods/shop/p",
    "/registry/events/shop/e",
    "/registry/leases/kube-node-lease/n",
)


class Busy(FakeEtcd):
    """Somebody writes ``key`` before each look."""

    def __init__(self, key, entries, looks=10**6):
        super().__init__(entries)
        self.key, self.looks = key, looks

    def entries(self, prefix, *, keys_only=False):
        if self.looks:
            self.looks -= 1
            self.revision += 1
            self.now[self.key] = Entry(self.revision, b"busy")
        return super().entries(prefix, keys_only=keys_only)


@pytest.fixture
def sandbox(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "key").write_text("mine")
    (tmp_path / "work" / "link").symlink_to("key")
    (tmp_path / "candidate.kubeconfig").write_text("login")
    return Sandbox("s", "embedded", "three-node", "v1", tmp_path, tmp_path)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("setup.checkpoint.PAUSE", 0.001)
    monkeypatch.setattr("setup.checkpoint.PATIENCE", 0.3)


def take(sandbox, etcd):
    etcd.close = lambda: None
    return Checkpoint.take(sandbox, "here", lambda _: etcd)


def test_keys_and_files_come_back_again_and_again(sandbox):
    etcd = FakeEtcd({ROLE: Entry(1, b"good"), EVENT: Entry(2, b"said")})
    checkpoint = take(sandbox, etcd)
    for number in range(2):
        etcd.change({ROLE: b"bad", POD: b"new", EVENT: b"said again"}, ())
        (sandbox.work / "key").write_text("other")
        (sandbox.work / "more").write_text("x")
        (sandbox.work / "link").unlink()
        sandbox.candidate_kubeconfig.write_text(f"edited {number}")
        checkpoint.restore()
        assert {key: each.value for key, each in etcd.now.items()} == {ROLE: b"good"}
        assert {each.name for each in sandbox.work.iterdir()} == {"key", "link"}
        assert (sandbox.work / "link").is_symlink()
        assert (sandbox.work / "key").read_text() == "mine"
        assert sandbox.candidate_kubeconfig.read_text() == "login"


def test_a_file_that_was_not_there_is_gone_again(sandbox):
    sandbox.candidate_kubeconfig.unlink()
    checkpoint = take(sandbox, FakeEtcd({ROLE: Entry(1, b"good")}))
    sandbox.candidate_kubeconfig.write_text("login")
    checkpoint.restore()
    assert not sandbox.candidate_kubeconfig.exists()


def test_nothing_is_kept_of_a_folder_that_cannot_be_copied(sandbox):
    os.mkfifo(sandbox.work / "pipe")
    assert take(sandbox, FakeEtcd({ROLE: Entry(1, b"good")})) is None


def test_a_folder_that_cannot_be_brought_back_is_said(sandbox):
    checkpoint = take(sandbox, FakeEtcd({ROLE: Entry(1, b"good")}))
    elsewhere = sandbox.work.rename(sandbox.work.with_name("elsewhere"))
    sandbox.work.symlink_to(elsewhere)
    with pytest.raises(LabsError, match="work cannot be brought back"):
        checkpoint.restore()


@pytest.mark.parametrize("key", [EVENT, LEASE, "/registry/masterleases/1.2.3.4"])
def test_what_changes_while_nothing_happens_is_no_unrest(sandbox, key):
    etcd = Busy(key, {ROLE: Entry(1, b"good")})
    checkpoint = take(sandbox, etcd)
    etcd.change({ROLE: b"bad"}, ())
    checkpoint.restore()
    assert etcd.now[ROLE].value == b"good"


def test_nothing_is_kept_while_controllers_are_at_work(sandbox):
    assert take(sandbox, Busy(POD, {ROLE: Entry(1, b"good")})) is None


def test_what_controllers_are_done_with_is_waited_for(sandbox):
    etcd = Busy(POD, {ROLE: Entry(1, b"good")}, looks=15)
    checkpoint = take(sandbox, etcd)
    assert checkpoint.keys[POD].value == b"busy"


def test_a_state_at_which_the_cluster_does_not_rest_is_said(sandbox):
    etcd = FakeEtcd({ROLE: Entry(1, b"good")})
    checkpoint = take(sandbox, etcd)
    etcd.replies = [{POD: b"again"}] * 10_000
    etcd.change({}, ())
    with pytest.raises(LabsError, match="does not come to rest"):
        checkpoint.restore()
