"""Lab 44: names of our own."""

import re

from grader import K8s, check

CLIENT = "kube-node-lease"


def names(k8s: K8s, app: str) -> list[str]:
    """The names of an application's Pods."""
    pods = k8s.list("Pod", k8s.vars["market"], labels={"app": app})
    living = [pod["metadata"]["name"] for pod in pods if not pod["metadata"].get("deletionTimestamp")]
    assert living, f"{app} has no Pods any more"
    return living


@check(points=3)
def till_known(k8s: K8s) -> None:
    """`till` answers under its new name, which follows its Service."""
    k8s.hears(CLIENT, f"http://till.{k8s.vars['tag']}.internal./hostname", names(k8s, "till"))
    service = k8s.expect({"kind": "Service", "metadata": {"name": "till", "namespace": k8s.vars["market"]}})
    address = service["spec"]["clusterIP"]
    assert not re.search(rf"(?<![\d.]){re.escape(address)}(?![\d.])", corefile(k8s)), f"{address} was written down"


@check(points=3)
def gate_known(k8s: K8s) -> None:
    """`gate` answers under its new name, which has its address."""
    k8s.hears(CLIENT, f"http://gate.{k8s.vars['tag']}.internal./hostname", names(k8s, "gate"))


@check(points=2, after=(till_known, gate_known))
def all_else_answered(k8s: K8s) -> None:
    """Names of the cluster are answered, others are forwarded, and all Pods of CoreDNS are ready."""
    k8s.hears(CLIENT, f"http://till.{k8s.vars['market']}.svc.cluster.local./hostname", names(k8s, "till"))
    assert re.search(r"^\s*forward\s+\.\s+/etc/resolv\.conf\b", corefile(k8s), re.M), "nothing forwards other names"
    coredns = k8s.expect({"kind": "Deployment", "metadata": {"name": "coredns", "namespace": "kube-system"}})
    wanted, status = coredns["spec"]["replicas"], coredns["status"]
    ready = min(status.get("readyReplicas", 0), status.get("updatedReplicas", 0))
    assert ready == wanted, f"{ready} of {wanted} Pods of CoreDNS are ready and up to date"


def corefile(k8s: K8s) -> str:
    """All that CoreDNS is told."""
    found = k8s.get("ConfigMap", "coredns", "kube-system")
    assert found, "the ConfigMap coredns is gone from namespace kube-system"
    return "\n".join((found.get("data") or {}).values())
