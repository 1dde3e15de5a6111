import pytest

from setup.etcd import Entry
from setup.parts import Part, cluster_rights, restore

PART = Part(
    namespaces=("team", "ward-*"),
    objects=(("persistentvolumes", "vol-a-*"), ("certificatesigningrequests", "*")),
    nodes=("worker",),
    users=("amara",),
    groups=("night-shift",),
)


@pytest.mark.parametrize(
    ("key", "mine"),
    [
        ("namespaces/team", True),
        ("namespaces/teams", False),
        ("pods/team/web", True),
        ("services/specs/team/web", True),
        ("example.org/widgets/ward-north/w", True),
        ("pods/other/team", False),
        ("clusterroles/team", False),
        ("minions/cka-worker", True),
        ("minions/cka-worker2", False),
        ("persistentvolumes/vol-a-1", True),
        ("persistentvolumes/vol-b-1", False),
        ("certificatesigningrequests/amara", True),
        ("apiextensions.k8s.io/customresourcedefinitions/widgets.example.org", False),
        ("leases", False),
    ],
)
def test_a_key_of_etcd_belongs_to_the_part(key, mine):
    assert PART.holds(f"/registry/{key}") is mine


class FakeEtcd:
    """A key-value store with revisions, and a controller that answers once to the first change."""

    def __init__(self, entries, late=None):
        self.data = dict(entries)
        self.revision = 100
        self.late = late

    def entries(self, prefix, *, keys_only=False):
        return dict(self.data)

    def change(self, puts, deletes):
        self.revision += 1
        for key in deletes:
            self.data.pop(key)
        for key, value in puts.items():
            self.data[key] = Entry(self.revision, value)
        if self.late:
            self.data[self.late], self.late = Entry(self.revision), None
        return dict.fromkeys(puts, self.revision)


def keys(*names):
    return {f"/registry/{name}": Entry(7, b"old") for name in names}


def test_only_the_part_goes_back_and_what_a_controller_makes_late_too():
    baseline = keys("minions/cka-worker", "minions/cka-worker2", "namespaces/default")
    now = {key: Entry(20, b"new") for key in baseline} | keys(
        "namespaces/team", "pods/team/web", "namespaces/other", "pods/other/web", "clusterrolebindings/mine"
    )
    etcd = FakeEtcd(now, late="/registry/pods/team/again")
    kept = restore(etcd, baseline, PART, ["/registry/clusterrolebindings/mine"])
    assert {key.removeprefix("/registry/") for key in etcd.data} == {
        "minions/cka-worker", "minions/cka-worker2", "namespaces/default", "namespaces/other", "pods/other/web",
    }  # fmt: skip
    assert etcd.data["/registry/minions/cka-worker"].value == b"old"
    assert etcd.data["/registry/minions/cka-worker2"].value == b"new"
    assert kept["/registry/minions/cka-worker"].revision > 100
    assert kept["/registry/minions/cka-worker2"] == baseline["/registry/minions/cka-worker2"]


def test_rights_of_the_baseline_are_never_deleted():
    baseline = keys("clusterrolebindings/system")
    etcd = FakeEtcd(baseline)
    restore(etcd, baseline, PART, ["/registry/clusterrolebindings/system"])
    assert set(etcd.data) == set(baseline)


def binding(name, role, *subjects):
    made = [{"kind": kind, "name": who, "namespace": where} for kind, who, where in subjects]
    return {"metadata": {"name": name}, "roleRef": {"name": role}, "subjects": made}


class FakeApi:
    def __init__(self, *bindings):
        self.bindings = bindings

    def call(self, method, path):
        assert (method, path) == ("GET", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings")
        return {"items": list(self.bindings)}


def test_cluster_wide_rights_are_told_by_their_subjects():
    api = FakeApi(
        binding("a", "nodes", ("ServiceAccount", "deployer", "team")),
        binding("b", "shared", ("User", "amara", "")),
        binding("c", "shared", ("User", "somebody-else", "")),
        binding("d", "mixed", ("User", "amara", ""), ("User", "somebody-else", "")),
        binding("e", "group", ("Group", "system:serviceaccounts:team", "")),
        binding("f", "nobody"),
    )
    found = {key.removeprefix("/registry/") for key in cluster_rights(api, PART)}
    assert found == {*(f"clusterrolebindings/{name}" for name in "abe"), "clusterroles/nodes", "clusterroles/group"}
