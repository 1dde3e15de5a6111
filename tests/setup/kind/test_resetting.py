"""What a reset writes back and deletes on a cluster whose kubelets and controllers go on writing."""

import pytest

from setup.baseline import Difference
from setup.etcd import Entry
from setup.providers.kind.resetting import Facts, stray, wanted

DNS = "/registry/configmaps/kube-system/coredns"
COREDNS = "/registry/deployments/kube-system/coredns"
TOKEN = "/registry/secrets/kube-system/bootstrap-token-"
SLICE = "/registry/endpointslices/a/web-zzzzz"
KEPT = {
    "/registry/services/specs/kube-system/kube-dns": Entry(1),
    COREDNS: Entry(2),
    "/registry/pods/kube-system/etcd-cp": Entry(3),
    "/registry/endpointslices/kube-system/kube-dns-abcde": Entry(4),
    DNS: Entry(5),
    f"{TOKEN}abcdef": Entry(6),
}


@pytest.mark.parametrize(
    ("change", "puts", "deletes"),
    [
        pytest.param({}, (), (), id="nothing"),
        pytest.param({DNS: Entry(9)}, (DNS,), (), id="changed"),
        pytest.param({"/registry/configmaps/a/b": Entry(9)}, (), ("/registry/configmaps/a/b",), id="new"),
        pytest.param({COREDNS: Entry(9)}, (COREDNS,), (), id="workload"),
        pytest.param({"/registry/pods/kube-system/etcd-cp": Entry(9)}, (), (), id="a pod is never written back"),
        pytest.param({"/registry/endpointslices/kube-system/kube-dns-abcde": None}, (), (), id="nor a slice"),
        pytest.param({"/registry/endpointslices/kube-system/kube-dns-zzzzz": Entry(9)}, (), (), id="a slice made anew"),
        pytest.param({SLICE: Entry(9)}, (), (SLICE,), id="a stranger's slice"),
        pytest.param({"/registry/events/default/x": Entry(9)}, (), (), id="events come and go"),
        pytest.param({f"{TOKEN}abcdef": None}, (), (), id="an expired token"),
        pytest.param({f"{TOKEN}zzzzzz": Entry(9)}, (), (f"{TOKEN}zzzzzz",), id="a new token"),
    ],
)  # fmt: skip
def test_what_is_wanted(change, puts, deletes):
    now = {key: entry for key, entry in {**KEPT, **change}.items() if entry is not None}
    assert wanted(KEPT, now, (), busy=True) == Difference(puts, deletes)


def test_what_is_busy_is_left_alone_later_unless_it_is_gone():
    key = COREDNS
    assert not wanted(KEPT, {**KEPT, key: Entry(9)}, (), busy=False)
    gone = {each: entry for each, entry in KEPT.items() if each != key}
    assert wanted(KEPT, gone, (), busy=False).puts == (key,)


def test_strays_are_pods_that_nothing_of_the_baseline_made():
    facts = Facts({}, ("uid-of-coredns",), ("uid-of-node",), pods_run=True)
    pods = {
        "/registry/pods/kube-system/coredns-1": Entry(1, b"..uid-of-coredns.."),
        "/registry/pods/kube-system/etcd-cp": Entry(2, b"..uid-of-node.."),
        "/registry/pods/kube-system/mine-cp": Entry(3, b"..uid-of-node.."),
        "/registry/pods/default/web": Entry(4, b"..uid-of-web.."),
        "/registry/pods/default/bare": Entry(5, b""),
    }
    left = stray(pods, {"/registry/pods/kube-system/etcd-cp"}, facts)
    assert left == ("/registry/pods/kube-system/mine-cp", "/registry/pods/default/web", "/registry/pods/default/bare")
