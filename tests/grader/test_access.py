"""Rights are asked as the API server would see the subject, and a dead authorizer is broken."""

import pytest

from grader.access import Subject
from grader.errors import Broken, Miss, NoAnswer
from grader.k8s import K8s

DEPLOYER = "system:serviceaccount:ci:deployer"


def test_a_service_account_brings_its_groups():
    assert Subject.named(DEPLOYER).groups == (
        "system:serviceaccounts",
        "system:serviceaccounts:ci",
        "system:authenticated",
    )


def test_users_are_authenticated_and_anonymous_is_not():
    assert Subject.named("jane", ["devs"]).groups == ("devs", "system:authenticated")
    assert Subject.named("system:anonymous").groups == ("system:unauthenticated",)


def test_half_a_service_account_is_the_authors_mistake():
    with pytest.raises(ValueError, match="NAMESPACE:NAME"):
        Subject.named("system:serviceaccount:ci")


def test_allowed_and_denied_ask_what_they_say(api, k8s: K8s):
    asked = []
    api.rights = lambda spec: asked.append(spec) or spec["resourceAttributes"]["verb"] == "get"
    k8s.allowed(DEPLOYER, "get", "deployments", namespace="ci", name="web")
    assert asked[0]["user"] == DEPLOYER
    assert asked[0]["resourceAttributes"] == {
        "verb": "get", "group": "apps", "resource": "deployments", "namespace": "ci", "name": "web",
    }  # fmt: skip
    with pytest.raises(Miss) as miss:
        k8s.denied(DEPLOYER, "get", "pods/log", namespace="ci")
    assert str(miss.value) == f"{DEPLOYER} may get pods/log in namespace ci"
    assert miss.value.see == f"kubectl auth can-i get pods --subresource=log -n ci --as={DEPLOYER}"


def test_a_missing_right_is_a_miss_with_a_command(k8s: K8s):
    with pytest.raises(Miss) as miss:
        k8s.allowed("jane", "create", "pods", namespace="ci", groups=["devs"])
    assert miss.value.see == "kubectl auth can-i create pods -n ci --as=jane --as-group=devs"


def test_denied_needs_an_authorizer_that_can_say_yes(api, k8s: K8s):
    k8s.denied(DEPLOYER, "delete", "pods", namespace="ci")
    api.rights = lambda spec: False
    with pytest.raises(Broken, match="denies everything"):
        K8s(api, vars={}, work=k8s.work).denied(DEPLOYER, "delete", "pods", namespace="ci")


def test_an_answer_that_is_none_is_broken(api, k8s: K8s):
    api.rights = lambda spec: None
    with pytest.raises(Broken):
        k8s.allowed(DEPLOYER, "get", "pods")
    api.trouble = NoAnswer("gone")
    with pytest.raises(NoAnswer):
        k8s.denied(DEPLOYER, "get", "pods")


@pytest.mark.parametrize(("verb", "resource"), [("delte", "pods"), ("get", "pods/logs")])
def test_a_typo_is_no_denial(k8s: K8s, verb, resource):
    with pytest.raises(ValueError, match=r"."):
        k8s.denied(DEPLOYER, verb, resource)


def test_an_unknown_resource_is_broken_unless_it_is_a_custom_one(k8s: K8s):
    with pytest.raises(Broken):
        k8s.denied(DEPLOYER, "get", "podz")
    k8s.denied(DEPLOYER, "get", "things.other.org")


def test_paths_and_wildcards_are_asked_as_they_are(api, k8s: K8s):
    asked = []
    api.rights = lambda spec: asked.append(spec) or True
    k8s.allowed("jane", "get", "/healthz")
    k8s.allowed("jane", "*", "*")
    assert asked[0]["nonResourceAttributes"] == {"verb": "get", "path": "/healthz"}
    assert asked[1]["resourceAttributes"] == {"verb": "*", "resource": "*"}


def test_names_in_a_command_are_quoted(k8s: K8s):
    with pytest.raises(Miss) as miss:
        k8s.allowed("jane; rm -rf ~", "get", "pods")
    assert "'--as=jane; rm -rf ~'" in miss.value.see
