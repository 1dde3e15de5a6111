"""Lab 52: three stalls and nobody answers."""

from typing import Any

from grader import Broken, K8s, check

STALLS = ("bread", "fish", "fruit")


def deployment(k8s: K8s, stall: str) -> dict[str, Any]:
    """A stall's Deployment, with the Pods of the start: two of them, their labels, and where they listen."""
    town = k8s.vars["town"]
    name, port = ("till", 9000) if stall == "fruit" else ("http", 8080)
    container = {"args": ["netexec", f"--http-port={port}"], "ports": [{"name": name, "containerPort": port}]}
    labels = {"stall": f"{stall}-{k8s.vars['tag']}", "market": town}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return k8s.expect({
        "kind": "Deployment",
        "metadata": {"name": stall, "namespace": town},
        "spec": {"replicas": 2, "template": template},
    })  # fmt: skip


def answers(k8s: K8s, stall: str) -> None:
    """Both Pods of a stall answer at its Service, and nobody else; a selector finds them."""
    town = k8s.vars["town"]
    pods = k8s.list("Pod", town, labels={"stall": f"{stall}-{k8s.vars['tag']}"})
    names = [pod["metadata"]["name"] for pod in pods if not pod["metadata"].get("deletionTimestamp")]
    assert len(names) >= 2, f"{len(names)} Pods of {stall} are there, expected 2"
    service = k8s.expect({"kind": "Service", "metadata": {"name": stall, "namespace": town}})
    assert service["spec"].get("selector"), f"Service {stall} has no selector: it does not follow its Pods"
    k8s.hears("kube-node-lease", f"http://{stall}.{town}.svc.cluster.local/hostname", names)


@check(points=3)
def bread_answers(k8s: K8s) -> None:
    """Both Pods of `bread` answer at its Service, and nobody else does."""
    answers(k8s, "bread")


@check(points=3)
def fish_answers(k8s: K8s) -> None:
    """Both Pods of `fish` answer at its Service, and nobody else does."""
    answers(k8s, "fish")


@check(points=3)
def fruit_answers(k8s: K8s) -> None:
    """Both Pods of `fruit` answer at its Service, and nobody else does."""
    answers(k8s, "fruit")


@check(points=2, after=(bread_answers, fish_answers, fruit_answers))
def mended_in_place(k8s: K8s) -> None:
    """The Services are the same as before, and the Deployments' Pods are as they were."""
    founded = k8s.get("ConfigMap", "market-founded", "kube-node-lease")
    if founded is None:
        raise Broken("the mark that the start has left is gone")
    for stall in STALLS:
        service = k8s.expect({"kind": "Service", "metadata": {"name": stall, "namespace": k8s.vars["town"]}})
        born = service["metadata"]["creationTimestamp"]
        assert born <= founded["metadata"]["creationTimestamp"], f"Service {stall} was made anew at {born}"
        deployment(k8s, stall)
