"""Lab 12: one minor version further, with the ledger open."""

import time
from typing import Any

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


def takes_pods(k8s: K8s, which: str, spec: dict[str, Any]) -> None:
    """The node is Ready and not cordoned, and such a Pod really runs there."""
    name = k8s.vars[which]
    node = k8s.expect({
        "kind": "Node",
        "metadata": {"name": name},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    })  # fmt: skip
    assert not node["spec"].get("unschedulable"), f"node {name} is cordoned"
    k8s.runs({"spec": spec}, on=name)


def record(k8s: K8s) -> tuple[int, int]:
    """The record of the control plane's node: the fewest ready Pods, and the longest gap in seconds, until now."""
    lines = "awk 'NF == 2' /var/lib/labs/record"
    fewest = 'awk \'$2 != "-" && (low == "" || $2 < low) {low = $2} END {print low + 0}\''
    gap = "awk 'NR > 1 && $1 - last > gap {gap = $1 - last} {last = $1} END {print gap + 0, last + 0}'"
    told = k8s.node(k8s.vars["control_plane"]).run(f"{lines} | {fewest}; {lines} | {gap}").output.split()
    low, longest, last = (int(number) for number in told)
    return low, max(longest, int(time.time()) - last)


@check(points=4)
def control_plane_upgraded(k8s: K8s) -> None:
    """API server, controller manager, scheduler and kube-proxy run in the new version, and the API server is ready."""
    node, target = k8s.node(k8s.vars["control_plane"]), k8s.vars["target"]
    node.api_answers()
    told = node.fetch("https://127.0.0.1:6443/version") or ""
    assert f'"v{target}.' in told, f"the API server is not of version v{target}"
    for name in COMPONENTS:
        pod = k8s.expect({
            "kind": "Pod",
            "metadata": {"name": f"{name}-{node.name}", "namespace": "kube-system"},
            "status": {"containerStatuses": [{"state": {"running": {}}}]},
        })  # fmt: skip
        image = pod["spec"]["containers"][0]["image"]
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


@check(points=1, after=first_node_upgraded)
def first_node_takes_pods(k8s: K8s) -> None:
    """The control plane node is Ready and not cordoned, and a Pod that tolerates its taint runs on it."""
    control = {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"}
    takes_pods(k8s, "control_plane", {"tolerations": [control]})


@check(points=1, after=worker_upgraded)
def worker_takes_pods(k8s: K8s) -> None:
    """The worker is Ready and not cordoned, and a Pod runs on it."""
    takes_pods(k8s, "worker", {})


@check(points=3, after=(control_plane_upgraded, worker_upgraded))
def ledger_stayed_open(k8s: K8s) -> None:
    """At no moment of the record were fewer than two Pods of `ledger` ready."""
    low, gap = record(k8s)
    assert low >= 2, f"{low} Pods of ledger were ready at a time"
    assert gap <= 60, f"the record has a gap of {gap} s"
