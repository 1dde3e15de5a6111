"""Canaries are real, short-lived, and prove that the scheduler is alive."""

import pytest

from grader import scheduling, workloads
from grader.errors import Broken, Miss, NoAnswer, Refused
from grader.k8s import K8s

TAINT = "0/3 nodes are available: 3 node(s) had untolerated taint(s)"


def bind(node):
    def schedule(pod):
        pod["spec"]["nodeName"] = node

    return schedule


def pend(pod):
    pod["status"] = {
        "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": TAINT}]
    }


def tolerant(pod):
    """Bind only what tolerates everything: all nodes are tainted."""
    tolerates = {"operator": "Exists"} in pod["spec"].get("tolerations", [])
    (bind("worker") if tolerates else pend)(pod)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(scheduling, "PATIENCE", 0.02)
    monkeypatch.setattr(workloads, "PATIENCE", 0.02)
    monkeypatch.setattr(scheduling, "DEADLINE", 0.2)
    monkeypatch.setattr(workloads, "DEADLINE", 0.2)
    monkeypatch.setattr(scheduling, "RUN_SECONDS", 0.1)


def test_a_canary_is_bound_and_gone_again(api, k8s: K8s):
    api.schedule = bind("worker")
    assert k8s.schedules({"nodeSelector": {"disk": "ssd"}}, on="worker") == "worker"
    assert api.objects == {}


def test_a_canary_keeps_what_the_author_gave(api, k8s: K8s):
    made = []
    api.schedule = lambda pod: (made.append(pod), bind("worker")(pod))
    k8s.schedules(
        "{metadata: {name: mine, namespace: shop, labels: {app: web}}, spec: {tolerations: [{operator: Exists}]}}"
    )
    (pod,) = made
    assert pod["metadata"]["namespace"] == "shop"
    assert pod["metadata"]["labels"] == {"app": "web", "labs.canary": "true"}
    assert pod["metadata"]["name"].startswith("labs-canary-")
    assert pod["spec"]["tolerations"] == [{"operator": "Exists"}]
    assert pod["spec"]["containers"]


def test_a_canary_elsewhere_or_pending_is_a_miss(api, k8s: K8s):
    api.schedule = bind("other")
    with pytest.raises(Miss, match="placed on other, expected a or b"):
        k8s.schedules({}, on={"a", "b"})
    api.schedule = pend
    with pytest.raises(Miss, match="stays Pending: 0/3 nodes"):
        k8s.schedules({})
    assert api.objects == {}


def test_repels_with_all_nodes_tainted(api, k8s: K8s):
    api.schedule = tolerant
    k8s.repels({}, because="untolerated taint")
    with pytest.raises(Miss, match="not because of"):
        k8s.repels({}, because="Insufficient cpu")


def test_a_canary_that_is_not_repelled_is_a_miss(api, k8s: K8s):
    api.schedule = bind("worker")
    with pytest.raises(Miss, match="should have stayed Pending"):
        k8s.repels({})


def test_without_a_place_for_the_control_nothing_is_shown(api, k8s: K8s):
    api.schedule = pend
    with pytest.raises(Broken, match="tolerates everything"):
        k8s.repels({})


def test_a_silent_scheduler_is_broken(api, k8s: K8s):
    with pytest.raises(Broken, match="said nothing"):
        k8s.schedules({})
    assert api.objects == {}


def test_a_canary_refused_outside_the_task_is_broken_inside_a_miss(api, k8s: K8s):
    def admit(manifest, subject):
        raise Refused(403, "Forbidden", "exceeded quota")

    api.admit = admit
    with pytest.raises(Broken, match="exceeded quota"):
        k8s.schedules({})
    with pytest.raises(Miss, match="exceeded quota"):
        k8s.schedules({}, namespace="shop")


def test_a_canary_whose_creation_gave_no_answer_is_deleted(api, k8s: K8s):
    def admit(manifest, subject):
        api.objects["pods", "kube-node-lease", manifest["metadata"]["name"]] = manifest
        raise NoAnswer("timed out after it was stored")

    api.admit = admit
    with pytest.raises(NoAnswer):
        k8s.schedules({})
    assert api.objects == {}


def test_canaries_of_killed_grades_are_swept(api, k8s: K8s):
    old = {"labels": {"labs.canary": "true"}, "creationTimestamp": "2026-01-01T00:00:00Z"}
    api.add("pods", "old", "kube-node-lease", metadata=old)
    api.add("pods", "of-another-grade", "kube-node-lease", metadata={"labels": {"labs.canary": "true"}})
    api.schedule = bind("worker")
    k8s.schedules({})
    assert [name for _, _, name in api.objects] == ["of-another-grade"]


@pytest.mark.parametrize("pod", [{"spec": {"nodeName": "worker"}}, "{nodeSelector: !absent }"])
def test_a_canary_must_meet_the_scheduler(k8s: K8s, pod):
    with pytest.raises(ValueError, match=r"."):
        k8s.schedules(pod)


@pytest.fixture
def deployment(api):
    """A Deployment of two pods, whose controller brings back what is deleted."""
    made = api.add("deployments", "web", "shop", spec={"replicas": 2})
    owner = [{"controller": True, "uid": made["metadata"]["uid"]}]
    replicas = api.add("replicasets", "web-1", "shop", metadata={"ownerReferences": owner}, spec={})
    pod = {"ownerReferences": [{"controller": True, "uid": replicas["metadata"]["uid"]}]}
    for name in ("a", "b"):
        api.add("pods", name, "shop", metadata=pod, spec={"nodeName": "worker"})
    api.add("pods", "stranger", "shop", spec={})
    return pod


def test_reschedule_returns_the_new_pods(api, k8s: K8s, deployment):
    api.deleted = lambda plural, namespace, name: api.add(
        "pods", f"{name}-new", "shop", metadata=deployment, spec={"nodeName": "other"}
    )
    pods = k8s.reschedule("Deployment", "web", "shop")
    assert sorted(pod["metadata"]["name"] for pod in pods) == ["a-new", "b-new"]
    assert ("pods", "shop", "stranger") in api.objects


def test_a_static_pods_mirror_is_deleted_gently_and_made_anew_by_its_kubelet(api, k8s: K8s):
    owner = {"ownerReferences": [{"kind": "Node", "name": "worker", "uid": "n"}]}
    api.add("pods", "web-worker", "shop", metadata=owner)
    api.deleted = lambda plural, namespace, name: api.add("pods", name, namespace, metadata=owner)
    (again,) = k8s.reschedule("Pod", "web-worker", "shop")
    assert again is not None
    assert "delete pods web-worker gently" in api.calls


def test_new_pods_that_fit_nowhere_are_a_miss(api, k8s: K8s, deployment):
    def again(plural, namespace, name):
        pend(api.add("pods", f"{name}-new", "shop", metadata=deployment, spec={}))

    api.deleted = again
    with pytest.raises(Miss, match="2 of 2 new pods stay Pending"):
        k8s.reschedule("Deployment", "web", "shop")


def test_controllers_that_do_nothing_are_broken_unless_they_say_why(api, k8s: K8s, deployment):
    with pytest.raises(Broken, match="did not come back"):
        k8s.reschedule("Deployment", "web", "shop")
    api.add("pods", "c", "shop", metadata=deployment, spec={"nodeName": "worker"})
    failure = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}
    api.objects["replicasets", "shop", "web-1"]["status"] = {"conditions": [failure]}
    with pytest.raises(Miss, match="exceeded quota"):
        k8s.reschedule("Deployment", "web", "shop")


@pytest.mark.parametrize(("kind", "name"), [("Pod", "stranger"), ("Deployment", "none")])
def test_what_cannot_be_rescheduled_is_a_miss(api, k8s: K8s, deployment, kind, name):
    with pytest.raises(Miss):
        k8s.reschedule(kind, name, "shop")


def start_as(state):
    """Bind a pod to `worker`, whose kubelet gives its container this state."""

    def schedule(pod):
        pod["spec"]["nodeName"] = "worker"
        pod["status"] = {"containerStatuses": [{"state": state}]} if state else {}

    return schedule


def test_a_canary_that_is_started_runs(api, k8s: K8s):
    api.schedule = start_as({"running": {}})
    k8s.runs({"spec": {}}, on="worker")


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (None, "the kubelet says nothing"),
        ({"waiting": {"reason": "ErrImagePull", "message": "no such image"}}, "no such image"),
    ],
)
def test_a_canary_that_is_not_started_is_a_miss(api, k8s: K8s, state, why):
    api.schedule = start_as(state)
    with pytest.raises(Miss, match=why):
        k8s.runs({"spec": {}}, on="worker")


def test_a_kubelet_that_is_just_slow_shows_nothing_and_one_that_complains_is_a_miss(api, k8s: K8s):
    api.schedule = start_as({"waiting": {"reason": "ContainerCreating"}})
    with pytest.raises(Broken, match="not started within"):
        k8s.runs({"spec": {}}, on="worker")

    def complain(pod):
        start_as({"waiting": {"reason": "ContainerCreating"}})(pod)
        about = {"involvedObject": {"name": pod["metadata"]["name"]}, "source": {"component": "kubelet"}}
        api.add("events", "e", pod["metadata"]["namespace"], type="Warning", message="no network", **about)

    api.schedule = complain
    with pytest.raises(Miss, match="no network"):
        k8s.runs({"spec": {}}, on="worker")
