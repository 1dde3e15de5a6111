import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.catalog import Catalog
from harness.exams.claims import Claim, Claims, alone, claims_of, read_claim
from harness.exams.linting import blueprint_problems, claim_problems
from harness.paths import lab_roots
from harness.task import example_variables

CATALOG = Catalog(lab_roots())
LINES = some.builds(
    "{}/{}".format, some.sampled_from(["namespace", "node", "user"]), some.sampled_from(["a", "ab", "a*", "*", "b"])
)


@pytest.mark.parametrize(
    ("line", "claim"),
    [
        ("node/cka-worker2", Claim("node", "worker2")),
        ("node/worker", Claim("node", "worker")),
        ("control-plane", Claim("control-plane")),
        ("persistentvolume/vol-x-*", Claim("persistentvolume", "vol-x-*")),
        ("user/amara", Claim("user", "amara")),
    ],
)
def test_a_line_of_lab_yaml_is_a_claim(line, claim):
    assert read_claim(line) == claim


@pytest.mark.parametrize("line", ["", "namespace", "namespace/", "pod/x", "namespace/*x", "cluster/x", "namespace/a/b"])
def test_what_is_no_claim_is_said(line):
    with pytest.raises(ValueError, match="is no claim"):
        read_claim(line)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("namespace/a", "namespace/a", True),
        ("namespace/a", "namespace/b", False),
        ("namespace/a*", "namespace/abc", True),
        ("namespace/a*", "namespace/ab*", True),
        ("namespace/a*", "namespace/b*", False),
        ("node/*", "node/worker", True),
        ("node/worker", "node/worker2", False),
        ("cluster", "namespace/a", True),
        ("user/a", "group/a", False),
        ("default-storageclass", "storageclass/fast", True),
    ],
)
def test_claims_meet(one, other, meet):
    assert read_claim(one).meets(read_claim(other)) is meet
    assert read_claim(other).meets(read_claim(one)) is meet


@given(some.frozensets(LINES), some.frozensets(LINES), some.frozensets(LINES), some.frozensets(LINES))
def test_a_conflict_is_one_from_both_sides(a, b, c, d):
    one = Claims(frozenset(map(read_claim, a)), frozenset(map(read_claim, b)))
    other = Claims(frozenset(map(read_claim, c)), frozenset(map(read_claim, d)))
    assert (one.conflict(other) is None) == (other.conflict(one) is None)


def test_two_may_rely_on_the_same():
    both = Claims(frozenset(), frozenset([Claim("node", "*")]))
    assert both.conflict(both) is None


def found(slug):
    lab = CATALOG.get(slug)
    return lab, claims_of(lab, example_variables(lab))


def test_what_a_start_makes_is_claimed_by_itself():
    _, claims = found("31-pending-claims")
    kinds = [claim.kind for claim in claims.taken]
    assert Claim("namespace", "press") in claims.taken
    assert kinds.count("persistentvolume") == 5
    assert Claim("default-storageclass") in claims.relied


def test_a_lab_about_nodes_stays_away_from_labs_whose_pods_lie_there():
    _, placement = found("21-placement")
    _, rbac = found("07-rbac")
    _, volumes = found("31-pending-claims")
    assert placement.conflict(rbac) is None
    assert placement.conflict(volumes) is not None


@pytest.mark.parametrize("slug", CATALOG.folders)
def test_every_labs_claims_can_be_read(slug):
    assert list(claim_problems(CATALOG.get(slug))) == []


def test_every_blueprint_is_in_order():
    assert list(blueprint_problems(CATALOG)) == []


def test_the_labs_about_the_api_can_be_reset_alone():
    for slug in ("07-rbac", "08-user-csr", "09-kubeconfig", "21-placement", "22-limits", "31-pending-claims"):
        lab, claims = found(slug)
        assert alone(lab, claims, "embedded") is None
    assert alone(*found("21-placement"), "kind") is not None
