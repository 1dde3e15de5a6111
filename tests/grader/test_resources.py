"""Kinds are found as authors name them, and a CRD cannot take a built-in one's place."""

import pytest

from grader.errors import Broken
from grader.resources import NoSuchKind, Resource, Served, read_discovery

EVIL = Resource("evil.org", "v1", "Pod", "pods", singular="pod")
POD = Resource("", "v1", "Pod", "pods", singular="pod", short=("po",))
DEPLOYMENT = Resource("apps", "v1", "Deployment", "deployments", singular="deployment", short=("deploy",))
OLD = Resource("apps", "v1beta1", "Deployment", "deployments", singular="deployment")
SERVED = Served((EVIL, POD, DEPLOYMENT, OLD), silent=("metrics.k8s.io",))


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("Pod", POD), ("pods", POD), ("po", POD), ("v1/Pod", POD), ("pods.evil.org", EVIL), ("evil.org/v1/Pod", EVIL),
        ("Deployment", DEPLOYMENT), ("deployments.apps", DEPLOYMENT), ("apps/v1beta1/Deployment", OLD),
    ],
)  # fmt: skip
def test_find(kind, found):
    assert SERVED.find(kind) is found


@pytest.mark.parametrize(
    ("kind", "custom"), [("Podd", False), ("apps/v1/Podd", False), ("widgets.example.org", True), ("x.io/v1/Y", True)]
)
def test_a_missing_kind_says_whether_it_would_be_a_custom_one(kind, custom):
    with pytest.raises(NoSuchKind) as caught:
        SERVED.find(kind)
    assert caught.value.custom is custom


def test_a_group_that_does_not_answer_is_broken_and_harms_no_other():
    with pytest.raises(Broken, match="does not answer"):
        SERVED.find("metrics.k8s.io/v1beta1/PodMetrics")
    assert SERVED.find("Pod") is POD


def test_discovery_is_read_with_a_stale_group():
    core = {"items": [{"metadata": {}, "versions": [{"version": "v1", "resources": [
        {"resource": "pods", "responseKind": {"kind": "Pod"}, "scope": "Namespaced", "singularResource": "pod",
         "shortNames": ["po"], "subresources": [{"subresource": "log"}]}]}]}]}  # fmt: skip
    stale = {"metadata": {"name": "metrics.k8s.io"}, "versions": [{"version": "v1beta1", "freshness": "Stale"}]}
    served = read_discovery([core, {"items": [stale]}])
    assert served == Served(
        (
            Resource(
                "", "v1", "Pod", "pods", singular="pod", short=("po",), subresources=("log",), subverbs=(("log", ()),)
            ),
        ),
        ("metrics.k8s.io",),
    )


def test_paths():
    assert POD.path() == "/api/v1/pods"
    assert DEPLOYMENT.path("ns", "web") == "/apis/apps/v1/namespaces/ns/deployments/web"
    assert Resource("", "v1", "Node", "nodes", namespaced=False).path("ignored", "n") == "/api/v1/nodes/n"
