"""What a subject may do altogether."""

import pytest

from grader.errors import Broken, Miss, Refused

WANTED = [("get list", "pods"), ("get", "pods/log"), ("get patch", "configmaps", "one")]
OWN = [
    {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "pods/log"]},
    {"verbs": ["get", "patch"], "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["one"]},
]
BASE = [{"verbs": ["create"], "apiGroups": ["example.org"], "resources": ["widgets"]}]


def judge(k8s, api, *more):
    api.rules = lambda subject, namespace: [*BASE, *(OWN if subject[0] == "jane" else []), *more]
    k8s.nothing_more("jane", WANTED, namespace="shop")


def only_janes(api, *rules):
    api.rules = lambda subject, namespace: [*BASE, *(rules if subject[0] == "jane" else [])]


def test_what_is_wanted_and_what_everybody_has_is_nothing_more(k8s, api):
    judge(k8s, api)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"verbs": ["delete"], "apiGroups": [""], "resources": ["pods"]}, "delete pods"),
        ({"verbs": ["get"], "apiGroups": [""], "resources": ["configmaps"]}, "get configmaps"),
        ({"verbs": ["*"], "apiGroups": [""], "resources": ["pods"]}, "create pods"),
        ({"verbs": ["create"], "apiGroups": [""], "resources": ["pods/*", "*/exec"]}, "create pods/exec"),
        ({"verbs": ["get"], "apiGroups": ["*"], "resources": ["*"]}, "get deployments.apps"),
        ({"verbs": ["patch"], "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["two"]}, "'two'"),
        ({"verbs": ["escalate"], "apiGroups": ["apps"], "resources": ["deployments"]}, "escalate deployments.apps"),
    ],
)
def test_anything_else_is_named(k8s, api, rule, said):
    only_janes(api, *OWN, rule)
    with pytest.raises(Miss, match=said) as caught:
        k8s.nothing_more("jane", WANTED, namespace="shop")
    assert caught.value.see == "kubectl auth can-i --list -n shop --as=jane"


@pytest.mark.parametrize(
    "rule",
    [
        {"verbs": ["list", "watch"], "apiGroups": [""], "resources": ["pods/log"]},
        {"verbs": ["get", "list"], "apiGroups": ["*"], "resources": ["pods"]},
        {"verbs": ["get"], "apiGroups": ["gone.example.org"], "resources": ["*"]},
    ],
)
def test_what_the_cluster_does_not_serve_gives_nothing(k8s, api, rule):
    only_janes(api, *OWN, rule)
    k8s.nothing_more("jane", WANTED, namespace="shop")


def test_a_right_to_all_objects_covers_one_by_name(k8s, api):
    only_janes(api, {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["web"]})
    k8s.nothing_more("jane", WANTED, namespace="shop")


def test_a_subject_that_may_not_ask_is_broken(k8s, api):
    def refuse(subject, namespace):
        raise Refused(403, "Forbidden", "no")

    api.rules = refuse
    with pytest.raises(Broken, match="system:basic-user"):
        k8s.nothing_more("jane", WANTED, namespace="shop")
