"""What a kind cluster's nodes and system workloads still lack, by what the API server shows."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from setup.api import Api, Object, Refused

WORKLOADS = ("deployments", "daemonsets", "statefulsets")
SYSTEM = ("kube-system", "local-path-storage")  # the namespaces whose workloads every cluster has
STEADY = 12.0  # seconds after which a Pod that is not Ready is expected to stay so: probes mostly ask every ten


def settle(look: Callable[[], str], within: float, pause: float) -> str:
    """Look until nothing is lacking, or ``within`` seconds are over; what is lacking then.

    An API server that does not answer, or refuses, counts as lacking.
    """
    until = time.monotonic() + within
    while True:
        try:
            late = look()
        except (ConnectionError, Refused) as error:
            late = str(error)
        if not late or time.monotonic() > until:
            return late
        time.sleep(pause)


def lacking(api: Api, wanted_nodes: int, generations: Mapping[str, int], *, pods_run: bool) -> str:
    """What nodes and system workloads are still waited for; empty when none is. Refused, ConnectionError."""
    nodes = api.call("GET", "/api/v1/nodes")["items"]
    if len(nodes) < wanted_nodes:
        return f"{len(nodes)} of {wanted_nodes} nodes are registered"
    if not pods_run:
        return ""
    for node in nodes:
        if not _node_ready(node):
            return f"node {node['metadata']['name']} is not Ready"
    live = {
        f"/apis/apps/v1/namespaces/{each['metadata']['namespace']}/{kind}/{each['metadata']['name']}": each
        for kind in WORKLOADS
        for namespace in SYSTEM
        for each in api.call("GET", f"/apis/apps/v1/namespaces/{namespace}/{kind}")["items"]
    }
    for path, generation in generations.items():
        if path not in live or live[path]["metadata"]["generation"] != generation:
            return f"{path} is not as it was"
    pods = [pod for namespace in SYSTEM for pod in api.call("GET", f"/api/v1/namespaces/{namespace}/pods")["items"]]
    able = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"] and is_ready(pod)]
    return next((f"{path} is not ready" for path, each in live.items() if not _served(each, able)), "")


def _node_ready(node: Object) -> bool:
    tainted = any(taint["key"] == "node.kubernetes.io/not-ready" for taint in node["spec"].get("taints", ()))
    return not tainted and is_ready(node)


def is_ready(live: Object) -> bool:
    """Whether a Node or a Pod has the condition Ready."""
    conditions = live.get("status", {}).get("conditions", ())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def rising(api: Api) -> str:
    """Which Pod is not Ready, but may be any moment; empty when none is. Refused, ConnectionError."""
    now = datetime.now(UTC)
    for pod in api.call("GET", "/api/v1/pods")["items"]:
        for each in pod.get("status", {}).get("conditions", ()):
            waits = each["type"] == "Ready" and each["status"] != "True" and each.get("reason") != "PodCompleted"
            if waits and (now - datetime.fromisoformat(each["lastTransitionTime"])).total_seconds() < STEADY:
                return f"Pod {pod['metadata']['name']} is not Ready yet"
    return ""


def _served(workload: Object, able: Iterable[Object]) -> bool:
    """Whether enough Pods of a workload are Ready: one of a Deployment, one a node of a DaemonSet.

    Its own count of them may be the baseline's, just written back.
    """
    spec, status = workload["spec"], workload.get("status", {})
    labels = spec["selector"]["matchLabels"].items()
    found = sum(labels <= pod["metadata"].get("labels", {}).items() for pod in able)
    if status.get("observedGeneration", 0) < workload["metadata"]["generation"]:
        return False
    if "replicas" not in spec:
        return bool(found >= status.get("desiredNumberScheduled", 0) > 0)
    return bool(found >= min(1, spec["replicas"]))
