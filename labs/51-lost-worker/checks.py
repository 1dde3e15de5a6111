"""Lab 51: a worker that no longer reports."""

import time

from grader import K8s, check


def renewed(k8s: K8s) -> str:
    """When the node's lease was last renewed, as the API server writes it."""
    lease = k8s.get("leases.coordination.k8s.io", k8s.vars["worker2"], "kube-node-lease")
    assert lease, "the node has no lease"
    return str(lease["spec"].get("renewTime"))


@check(points=4, within=3)
def reports_again(k8s: K8s) -> None:
    """The kubelet runs, comes back from a restart, and goes on renewing the node's lease."""
    node = k8s.node(k8s.vars["worker2"])
    node.runs("kubelet")
    before = renewed(k8s)
    node.restart("kubelet")
    end = time.monotonic() + 9
    while renewed(k8s) == before:
        assert time.monotonic() < end, f"the kubelet runs, but the node's lease is as it was at {before}"
        time.sleep(0.2)


@check(points=2, after=reports_again)
def starts_at_boot(k8s: K8s) -> None:
    """The kubelet starts by itself when the node boots."""
    k8s.node(k8s.vars["worker2"]).starts("kubelet")


@check(points=3, after=reports_again)
def takes_pods(k8s: K8s) -> None:
    """A Pod without tolerations is scheduled to the node and runs there."""
    k8s.runs({"spec": {}}, on=k8s.vars["worker2"])
