"""Lab 54: never placed."""

from copy import deepcopy
from typing import Any

from grader import K8s, check, quantity

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"


def control_plane(k8s: K8s) -> str:
    """The name of the control plane's node."""
    nodes = k8s.list("Node", labels={CONTROL_PLANE: ""})
    assert nodes, f"no node has the label {CONTROL_PLANE}"
    return str(nodes[0]["metadata"]["name"])


def running(k8s: K8s, name: str, pods: int) -> dict[str, Any]:
    """A Deployment all of whose Pods are ready, and which leaves their place to a scheduler."""
    deployment = k8s.expect({
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": k8s.vars["workshop"]},
        "spec": {"replicas": pods},
        "status": {"replicas": pods, "updatedReplicas": pods, "readyReplicas": pods},
    })  # fmt: skip
    assert "nodeName" not in template(deployment), f"the Pods of {name} are bound by nodeName, not by a scheduler"
    return deployment


def template(deployment: dict[str, Any]) -> dict[str, Any]:
    """What the spec of the Deployment's Pods is made from."""
    found: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return found


def pinned(node: str, rules: dict[str, Any], operator: str) -> dict[str, Any]:
    """A test Pod with the rules of another about nodes, which can go to this node only (NotIn: to any but this)."""
    spec = {key: deepcopy(rules[key]) for key in ("nodeSelector", "tolerations") if key in rules}
    affinity = deepcopy((rules.get("affinity") or {}).get("nodeAffinity") or {})
    terms = affinity.setdefault(REQUIRED, {"nodeSelectorTerms": [{}]})["nodeSelectorTerms"]
    for term in terms:  # one of the terms must hold, and all of a term
        fields = {"key": "metadata.name", "operator": operator, "values": [node]}
        term["matchFields"] = [*term.get("matchFields", ()), fields]
    return {"spec": {**spec, "affinity": {"nodeAffinity": affinity}}}


@check(points=3, within=5)
def clock_runs(k8s: K8s) -> None:
    """The Pod of `clock` runs on the control plane's node, and can run on no other."""
    node = control_plane(k8s)
    clock = running(k8s, "clock", 1)
    pods = k8s.list("Pod", k8s.vars["workshop"], labels=clock["spec"]["selector"].get("matchLabels"))
    found = {pod["spec"].get("nodeName", "") for pod in pods if not pod["metadata"].get("deletionTimestamp")}
    assert found == {node}, f"expected a Pod on {node}, found one on {', '.join(sorted(found)) or 'no node'}"
    k8s.repels(pinned(node, template(clock), "NotIn"))


@check(points=2, within=5)
def press_runs(k8s: K8s) -> None:
    """The Pod of `press` runs and requests the memory asked for."""
    wanted = f"{k8s.vars['memory']}Mi"
    container = template(running(k8s, "press", 1))["containers"][0]
    found = container.get("resources", {}).get("requests", {}).get("memory")
    assert quantity(found) == quantity(wanted), f"expected a request of {wanted}, found {found or 'none'}"


@check(points=3, within=5)
def etching_runs(k8s: K8s) -> None:
    """The Pod of `etching` runs with the claim in which its data lie."""
    claim = f"plates-{k8s.vars['tag']}"
    volumes = template(running(k8s, "etching", 1)).get("volumes") or []
    mounted = [each["persistentVolumeClaim"]["claimName"] for each in volumes if "persistentVolumeClaim" in each]
    assert mounted == [claim], f"expected the claim {claim}, found {', '.join(mounted) or 'none'}"
    volume = {"volumeName": claim}
    where = {"name": claim, "namespace": k8s.vars["workshop"]}
    k8s.expect({"kind": "PersistentVolumeClaim", "metadata": where, "spec": volume, "status": {"phase": "Bound"}})


@check(points=3, within=5)
def courier_runs(k8s: K8s) -> None:
    """Both Pods of `courier` run, and the default scheduler is the one to place them."""
    scheduler = template(running(k8s, "courier", 2)).get("schedulerName")
    assert scheduler == "default-scheduler", f"the Pods of courier ask for the scheduler {scheduler!r}"


@check(points=1, after=(clock_runs, press_runs, etching_runs, courier_runs))
def all_else_stayed(k8s: K8s) -> None:
    """`archive` is as it was, and the control plane's node takes no Pods that do not tolerate its taint."""
    container = {"name": "archive", "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}}}
    k8s.expect({
        "kind": "Deployment",
        "metadata": {"name": "archive", "namespace": k8s.vars["workshop"]},
        "spec": {"replicas": 2, "template": {"spec": {"containers": [container]}}},
        "status": {"readyReplicas": 2},
    })  # fmt: skip
    k8s.repels(pinned(control_plane(k8s), {}, "In"), because="taint")
