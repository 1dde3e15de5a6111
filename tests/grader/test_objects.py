"""Expect and forbid read what they need and explain what they miss."""

import pytest

from grader.errors import Broken, Miss, NoAnswer, Refused
from grader.k8s import K8s

WEB = "{kind: Deployment, metadata: {name: web, namespace: shop}, spec: {replicas: !atleast 3}}"


def test_a_named_object_is_read_with_one_request(api, k8s: K8s):
    api.add("deployments", "web", "shop", spec={"replicas": 3})
    assert k8s.expect(WEB)["metadata"]["name"] == "web"
    assert api.calls == ["resource Deployment", "get deployments web"]


def test_differences_come_with_a_command(api, k8s: K8s):
    api.add("deployments", "web", "shop", spec={"replicas": 2})
    with pytest.raises(Miss) as miss:
        k8s.expect(WEB)
    assert str(miss.value) == ".spec.replicas: expected at least 3, found 2"
    assert miss.value.see == "kubectl get deployment web -n shop -o yaml"


def test_an_object_that_is_not_there_is_the_candidates_miss(k8s: K8s):
    with pytest.raises(Miss, match="there is no Deployment web in namespace shop"):
        k8s.expect(WEB)


def test_a_named_object_without_namespace_is_looked_for_in_default(api, k8s: K8s):
    api.add("configmaps", "x", "default")
    assert k8s.expect("{kind: ConfigMap, metadata: {name: x}}")


def test_without_a_name_any_object_will_do(api, k8s: K8s):
    for number in range(5000):
        api.add("configmaps", f"c{number}", "ns", data={"n": str(number)})
    assert k8s.expect("{kind: ConfigMap, data: {n: '4999'}}")["metadata"]["name"] == "c4999"


def test_the_nearest_candidate_is_reported(api, k8s: K8s):
    api.add("configmaps", "far", "ns", data={})
    api.add("configmaps", "near", "ns", data={"a": "1", "b": "3"})
    with pytest.raises(Miss) as miss:
        k8s.expect("{kind: ConfigMap, metadata: {namespace: ns}, data: {a: '1', b: '2'}}")
    assert str(miss.value).splitlines() == [
        "no ConfigMap in namespace ns is as asked for, the nearest is ns/near",
        ".data.b: expected '2', found '3'",
    ]


def test_labels_select(api, k8s: K8s):
    api.add("pods", "a", "ns", metadata={"labels": {"app": "other"}})
    with pytest.raises(Miss) as miss:
        k8s.expect("{kind: Pod, metadata: {labels: {app: web}}}")
    assert str(miss.value) == "there is no Pod with app=web"
    assert miss.value.see == "kubectl get pod -A -l app=web"


def test_forbid(api, k8s: K8s):
    k8s.forbid("{kind: Pod, metadata: {name: x, namespace: ns}}")
    api.add("pods", "x", "ns", spec={"hostNetwork": True})
    k8s.forbid("{kind: Pod, spec: {hostPID: true}}")
    for fragment in ("{kind: Pod, metadata: {name: x, namespace: ns}}", "{kind: Pod, spec: {hostNetwork: true}}"):
        with pytest.raises(Miss, match="Pod ns/x is there and should not be"):
            k8s.forbid(fragment)


def test_a_custom_kind_that_is_not_served_is_a_finding(k8s: K8s):
    fragment = "{kind: Thing, apiVersion: other.org/v1}"
    k8s.forbid(fragment)
    with pytest.raises(Miss, match="has no resource"):
        k8s.expect(fragment)


@pytest.mark.parametrize("verb", ["expect", "forbid"])
def test_a_misspelt_kind_is_broken_both_ways(k8s: K8s, verb):
    with pytest.raises(Broken):
        getattr(k8s, verb)("{kind: Podd}")


@pytest.mark.parametrize("verb", ["expect", "forbid"])
@pytest.mark.parametrize("trouble", [NoAnswer("gone"), Refused(403, "Forbidden", "no")])
def test_no_answer_is_never_an_answer(api, k8s: K8s, verb, trouble):
    api.trouble = trouble
    with pytest.raises(type(trouble)):
        getattr(k8s, verb)("{kind: Pod, metadata: {name: x}}")


@pytest.mark.parametrize(
    "fragment",
    ["{metadata: {name: x}}", "{kind: Node, metadata: {name: n, namespace: ns}}", "{kind: Pod, metadata: {name: 7}}"],
)
def test_an_authors_mistake_is_a_value_error(k8s: K8s, fragment):
    with pytest.raises(ValueError, match=r"."):
        k8s.expect(fragment)


def test_get_and_list(api, k8s: K8s):
    api.add("pods", "x", "default", metadata={"labels": {"a": "b"}})
    assert k8s.get("Pod", "x")["kind"] == "Pod"
    assert k8s.get("Pod", "y") is None
    assert len(k8s.list("pods", "default", {"a": "b"})) == 1
    assert k8s.list("pods", "other") == []


def test_read_takes_files_of_the_work_folder(k8s: K8s):
    (k8s.work / "answer.txt").write_text("42\n")
    assert k8s.read("answer.txt") == "42\n"
    with pytest.raises(Miss, match="No such file"):
        k8s.read("other.txt")
    with pytest.raises(Miss, match="is not a file"):
        k8s.read(".")


def test_vars_cannot_be_changed(k8s: K8s):
    with pytest.raises(TypeError):
        k8s.vars["nonce"] = "x"
