"""Ways that are one way, and ways that are two."""

import pytest

from harness.certification.normal import content, normal, words

ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: NAME, namespace: shop}
rules:
  - {apiGroups: [""], resources: [pods, services], verbs: [get, list]}
"""
BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: NAME, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: NAME}
subjects: [{kind: ServiceAccount, name: deployer}]
"""
DEMANDED = {"deployer", "shop", "get", "list", "pods"}


def manifests(name: str, *texts: str) -> dict[str, str]:
    return {f"{at}0.yaml": text.replace("NAME", name) for at, text in enumerate(texts, 1)}


@pytest.mark.parametrize(
    "other",
    [
        manifests("another", ROLE, BINDING),
        manifests("reader", BINDING, ROLE),
        manifests("reader", ROLE.replace("[pods, services]", "[services, pods]"), BINDING),
        {"10.yaml": (ROLE + "---" + BINDING).replace("NAME", "x") + "# a comment\n"},
        {"10.sh": f"kubectl apply -f - <<END\n{(ROLE + '---' + BINDING).replace('NAME', 'y')}END\n"},
        manifests("reader", ROLE, BINDING) | {"30.sh": "kubectl wait pod/x --for=condition=Ready\nkubectl get pods\n"},
    ],
    ids=["names", "order", "order in a list", "packaging", "here-document", "waiting and looking"],
)
def test_the_same_way_in_another_dress(other):
    assert normal(manifests("reader", ROLE, BINDING), DEMANDED) == normal(other, DEMANDED)


@pytest.mark.parametrize(
    "other",
    [
        manifests("reader", ROLE.replace("verbs: [get", "verbs: [watch, get"), BINDING),
        manifests("reader", ROLE.replace("kind: Role", "kind: ClusterRole"), BINDING),
        manifests("reader", ROLE, BINDING.replace("deployer", "default")),
        manifests("reader", ROLE),
        {"10.sh": "kubectl create role reader -n shop --verb=get,list --resource=pods,services\n"},
    ],
)
def test_another_way(other):
    assert normal(manifests("reader", ROLE, BINDING), DEMANDED) != normal(other, DEMANDED)


def test_commands_with_other_names_options_in_another_order_and_comments_are_the_same():
    one = "# one\nkubectl create role a --verb=get --resource=pods -n shop\nkubectl label node n1 x=y\n"
    other = "kubectl label node n1 x=y\nkubectl create role b --resource=pods --verb=get \\\n  -n shop\n"
    assert normal({"a.sh": one}, DEMANDED) == normal({"b.sh": other}, DEMANDED)


def test_names_that_the_task_demands_are_not_free():
    one, other = "kubectl create serviceaccount deployer\n", "kubectl create serviceaccount default\n"
    assert normal({"a.sh": one}, {"deployer", "default"}) != normal({"a.sh": other}, {"deployer", "default"})


def test_layout_is_not_content():
    assert content("a.yaml", "{a: 1, b: [2]}") == content("a.yaml", "b:\n  - 2\na: 1\n")
    assert content("a.sh", "x\n") == content("a.sh", "x")


def test_words_are_names_without_punctuation():
    assert {"deployer", "release-x2", "a.b"} <= words("The account `deployer`, release-x2. And a.b: fine")
