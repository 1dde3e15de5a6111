"""What has to change to be at the baseline again."""

import pytest

from setup import baseline
from setup.errors import LabsError
from setup.etcd import Entry

CONFIGMAP, LEASE, EVENT = (
    "/registry/configmaps/default/a",
    "/registry/leases/kube-node-lease/n",
    "/registry/events/default/e",
)


class FakeEtcd:
    """Keys in memory; ``replies`` are changes that controllers make after each of ours."""

    def __init__(self, entries, replies=()):
        self.now = dict(entries)
        self.revision = max((each.revision for each in entries.values()), default=0)
        self.replies = list(replies)

    def entries(self, prefix, *, keys_only=False):
        found = {key: each for key, each in self.now.items() if key.startswith(prefix)}
        return {key: Entry(each.revision) for key, each in found.items()} if keys_only else found

    def change(self, puts, deletes):
        self.revision += 1
        self.now |= {key: Entry(self.revision, value) for key, value in puts.items()}
        for key in deletes:
            self.now.pop(key, None)
        revision = self.revision
        if self.replies:
            self.revision += 1
            self.now |= {key: Entry(self.revision, value) for key, value in self.replies.pop(0).items()}
        return dict.fromkeys(puts, revision)


@pytest.mark.parametrize(
    ("now", "puts", "deletes"),
    [
        ({CONFIGMAP: Entry(5)}, (), ()),
        ({CONFIGMAP: Entry(6)}, (CONFIGMAP,), ()),
        ({}, (CONFIGMAP,), ()),
        ({CONFIGMAP: Entry(5), "/registry/pods/default/p": Entry(9)}, (), ("/registry/pods/default/p",)),
        ({CONFIGMAP: Entry(5), EVENT: Entry(9)}, (), (EVENT,)),
        ({CONFIGMAP: Entry(5), "/registry/masterleases/1.2.3.4": Entry(9)}, (), ()),
    ],
)
def test_differences(now, puts, deletes):
    assert baseline.differences({CONFIGMAP: Entry(5, b"v")}, now) == baseline.Difference(puts, deletes)


def test_a_lease_that_advanced_is_left_alone_but_a_missing_one_is_put_back():
    kept = {LEASE: Entry(5, b"v")}
    assert not baseline.differences(kept, {LEASE: Entry(50)})
    assert baseline.differences(kept, {}).puts == (LEASE,)


def test_restore_takes_back_what_controllers_answer(tmp_path):
    etcd = FakeEtcd({CONFIGMAP: Entry(1, b"good")})
    baseline.capture(etcd, tmp_path / "b.json")
    late = {"/registry/pods/default/late": b"x"}
    etcd.now[CONFIGMAP] = Entry(7, b"bad")
    etcd.revision, etcd.replies = 7, [late, late]
    baseline.restore(etcd, tmp_path / "b.json")
    assert {key: each.value for key, each in etcd.now.items()} == {CONFIGMAP: b"good"}


def test_a_second_restore_knows_what_the_first_wrote(tmp_path):
    etcd = FakeEtcd({CONFIGMAP: Entry(1, b"good")})
    baseline.capture(etcd, tmp_path / "b.json")
    etcd.now[CONFIGMAP] = Entry(7, b"bad")
    baseline.restore(etcd, tmp_path / "b.json")
    written = etcd.now[CONFIGMAP]
    baseline.restore(etcd, tmp_path / "b.json")
    assert etcd.now[CONFIGMAP] == written


def test_restore_gives_up_on_a_cluster_that_never_rests(tmp_path, monkeypatch):
    etcd = FakeEtcd({CONFIGMAP: Entry(1, b"good")})
    baseline.capture(etcd, tmp_path / "b.json")
    etcd.now[CONFIGMAP] = Entry(2, b"bad")
    etcd.replies = [{CONFIGMAP: b"bad"}] * 1000
    monkeypatch.setattr(baseline, "DEADLINE", 0.2)
    with pytest.raises(LabsError, match="does not come to rest"):
        baseline.restore(etcd, tmp_path / "b.json")


def test_a_damaged_baseline_is_one_clear_sentence(tmp_path):
    (tmp_path / "b.json").write_text('{"half')
    with pytest.raises(LabsError, match="cannot be read"):
        baseline.restore(FakeEtcd({}), tmp_path / "b.json")
