"""Lab 12: one minor version further, with the ledger open."""

import time
from itertools import pairwise
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


def record(k8s: K8s) -> list[tuple[int, int, str]]:
    """The record of the control plane's node: from when to when, in seconds, it said the same.

    That is how many Pods were ready, `-` while nobody could say, or `back` when the node itself was started again.
    """
    turn = "NF == 2 && ($2 != said || $1 - last > 5) {if (last) print first, last, said; first = $1; said = $2}"
    rest = "NF == 2 {last = $1} END {if (last) print first, last, said}"
    told = k8s.node(k8s.vars["control_plane"]).run("awk %s /var/lib/labs/record", f"{turn} {rest}").output
    lines = [line.split() for line in told.splitlines()]
    return [(int(first), int(last), what) for first, last, what in lines]


def outages(k8s: K8s, told: list[tuple[int, int, str]]) -> list[tuple[float, float]]:
    """From when to when the machine was down with both nodes, or the ledger not yet back: no fault of the candidate's.

    Where the node of the record alone was started again, the worker runs since before.
    """
    now = time.time()
    since = "awk -v hertz=$(getconf CLK_TCK) '{print $22 / hertz}' /proc/1/stat; cut -d ' ' -f 1 /proc/uptime"
    began, up = (float(seconds) for seconds in k8s.node(k8s.vars["worker"]).run(since).output.split())
    found: list[tuple[float, float]] = []
    for at, (before, after) in enumerate(pairwise(told), 2):
        if after[2] == "back" and now - (up - began) >= before[1] - 15:
            enough = (first for first, _, what in told[at:] if what.isdigit() and int(what) >= 2)
            found.append((before[1] - 15, next(enough, now)))
    return found


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
    told = record(k8s)
    assert any(what.isdigit() for _, _, what in told), "the record says nothing"
    forgiven = outages(k8s, told)
    for first, last, what in told:
        clock = time.strftime("%H:%M:%S", time.gmtime(first))
        down = any(begin <= first and last <= end for begin, end in forgiven)
        assert down or not what.isdigit() or int(what) >= 2, f"{what} Pods of ledger were ready at {clock} UTC"
    gaps = [after[0] - before[1] for before, after in pairwise(told) if after[2] != "back"]
    gap = max([*gaps, int(time.time()) - told[-1][1]])
    assert gap <= 60, f"the record has a gap of {gap} s"
