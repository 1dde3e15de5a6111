"""Lab 12: one minor version further, with the ledger open."""

import time
from itertools import pairwise

from grader import K8s, check

COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


def kubelet_upgraded(k8s: K8s, which: str) -> None:
    """The node's kubelet reports a version of the target, and kubectl on the node is of the same."""
    name, target = k8s.vars[which], k8s.vars["target"]
    node = k8s.expect({"kind": "Node", "metadata": {"name": name}})
    version = node["status"]["nodeInfo"]["kubeletVersion"]
    assert version.startswith(f"v{target}."), f"the kubelet of {name} is {version}, expected v{target}"
    client = k8s.node(name).run("kubectl version --client -o yaml").output
    assert f"gitVersion: {version}" in client, f"kubectl on {name} is not {version}"


def ready_pods(k8s: K8s) -> list[tuple[int, str]]:
    """The record: seconds, and the number of ready Pods or `-`."""
    text = k8s.node(k8s.vars["control_plane"]).run("tail -n 5000 /var/lib/labs/record").output
    lines = [line.split() for line in text.splitlines()]
    return [(int(line[0]), line[1]) for line in lines if len(line) == 2]


@check(points=4)
def control_plane_upgraded(k8s: K8s) -> None:
    """API server, controller manager, scheduler and kube-proxy run in the new version, and the API server is ready."""
    node, target = k8s.node(k8s.vars["control_plane"]), k8s.vars["target"]
    node.api_answers()
    told = node.fetch("https://127.0.0.1:6443/version") or ""
    assert f'"v{target}.' in told, f"the API server is not of version v{target}"
    for name in COMPONENTS:
        pod = k8s.expect({"kind": "Pod", "metadata": {"name": f"{name}-{node.name}", "namespace": "kube-system"}})
        image = pod["status"]["containerStatuses"][0]["image"]
        assert f":v{target}." in image, f"{name} runs {image}"
    proxy = k8s.expect("{kind: DaemonSet, metadata: {name: kube-proxy, namespace: kube-system}}")
    image = proxy["spec"]["template"]["spec"]["containers"][0]["image"]
    assert f":v{target}." in image, f"kube-proxy runs {image}"


@check(points=2, after=control_plane_upgraded)
def first_node_upgraded(k8s: K8s) -> None:
    """Kubelet and kubectl of the control plane node are of the new version."""
    kubelet_upgraded(k8s, "control_plane")


@check(points=2, after=control_plane_upgraded)
def worker_upgraded(k8s: K8s) -> None:
    """Kubelet and kubectl of the worker are of the new version."""
    kubelet_upgraded(k8s, "worker")


@check(points=2, after=(first_node_upgraded, worker_upgraded))
def nodes_take_pods(k8s: K8s) -> None:
    """All nodes are Ready, and Pods run on the upgraded ones."""
    for node in k8s.list("Node"):
        name = node["metadata"]["name"]
        assert not node["spec"].get("unschedulable"), f"node {name} is cordoned"
        k8s.expect({"kind": "Node", "metadata": {"name": name},
                    "status": {"conditions": [{"type": "Ready", "status": "True"}]}})  # fmt: skip
    k8s.runs({"spec": {}}, on=k8s.vars["worker"])
    control = {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"}
    k8s.runs({"spec": {"tolerations": [control]}}, on=k8s.vars["control_plane"])


@check(points=3, after=(control_plane_upgraded, worker_upgraded))
def ledger_stayed_open(k8s: K8s) -> None:
    """At no moment of the record were fewer than two Pods of `ledger` ready."""
    told = ready_pods(k8s)
    low = min((int(count) for _, count in told if count != "-"), default=0)
    assert low >= 2, f"{low} Pods of ledger were ready at a time"
    times = [when for when, _ in told] + [int(time.time())]
    gap = max(after - before for before, after in pairwise(times))
    assert gap <= 60, f"the record has a gap of {gap} s"
