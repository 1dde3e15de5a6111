"""Lab 21: a node of one's own."""

from copy import deepcopy
from typing import Any

from grader import K8s, check

RULES = ("affinity", "nodeSelector", "tolerations", "topologySpreadConstraints")
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def shared(k8s: K8s) -> str:
    """The worker that stays open to everybody."""
    return "cka-worker2" if k8s.vars["reserved"] == "cka-worker" else "cka-worker"


def pinned(node: str, rules: dict[str, Any], operator: str = "In") -> dict[str, Any]:
    """A test Pod with the rules of another about nodes, which can go to this node only (NotIn: to any but this)."""
    spec = {key: deepcopy(rules[key]) for key in ("nodeSelector", "tolerations") if key in rules}
    affinity = deepcopy((rules.get("affinity") or {}).get("nodeAffinity") or {})
    terms = affinity.setdefault(REQUIRED, {"nodeSelectorTerms": [{}]})["nodeSelectorTerms"]
    for term in terms:  # one of the terms must hold, and all of a term
        fields = {"key": "metadata.name", "operator": operator, "values": [node]}
        term["matchFields"] = [*term.get("matchFields", ()), fields]
    return {"spec": {**spec, "affinity": {"nodeAffinity": affinity}}}


def template(k8s: K8s, name: str) -> dict[str, Any]:
    """The template of the Pods of a Deployment in `studio`."""
    deployment = k8s.get("deployments.apps", name, "studio")
    assert deployment, f"Deployment {name} is gone from namespace studio"
    found: dict[str, Any] = deployment["spec"]["template"]
    return found


def places(pods: list[dict[str, Any]]) -> list[str]:
    """The nodes of these Pods, in order."""
    return sorted(pod["spec"].get("nodeName", "nowhere") for pod in pods)


@check(points=1)
def node_labelled(k8s: K8s) -> None:
    """The reserved node carries the team's label."""
    k8s.expect({"kind": "Node", "metadata": {"name": k8s.vars["reserved"], "labels": {"team": k8s.vars["team"]}}})


@check(points=3)
def node_reserved(k8s: K8s) -> None:
    """The reserved node takes Pods that tolerate the team's taint, and no others."""
    node, team = k8s.vars["reserved"], k8s.vars["team"]
    k8s.repels(pinned(node, {"tolerations": [{"key": "reserved-for", "value": f"not-{team}"}]}))
    k8s.schedules(pinned(node, {"tolerations": [{"key": "reserved-for", "value": team}]}))


@check(points=2, after=node_reserved)
def others_moved_away(k8s: K8s) -> None:
    """Both Pods of `ledger`, unchanged, run on the worker that stays open to everybody."""
    changed = {"affinity", "nodeSelector", "tolerations"} & template(k8s, "ledger")["spec"].keys()
    assert not changed, f"the Pods of ledger have got {', '.join(sorted(changed))}"
    k8s.expect("{kind: Deployment, metadata: {name: ledger, namespace: studio}, status: {readyReplicas: 2}}")
    found = places(k8s.list("Pod", "studio", labels={"app": "ledger"}))
    assert found == [shared(k8s)] * 2, f"expected both Pods on {shared(k8s)}, found {', '.join(found)}"


@check(points=3)
def simulator_stays(k8s: K8s) -> None:
    """The Pods of `simulator` can run on no other node and come back on the reserved one when they are deleted."""
    node = k8s.vars["reserved"]
    k8s.repels(pinned(node, template(k8s, "simulator")["spec"], "NotIn"))
    found = places(k8s.reschedule("deployments.apps", "simulator", "studio"))
    assert found == [node] * 2, f"expected both Pods on {node}, found {', '.join(found)}"


@check(points=2, after=node_reserved)
def scoreboard_on_both(k8s: K8s) -> None:
    """The two Pods of `scoreboard` come back on the two workers, one on each."""
    found = places(k8s.reschedule("deployments.apps", "scoreboard", "studio"))
    assert found == ["cka-worker", "cka-worker2"], f"expected one Pod on each worker, found {', '.join(found)}"


@check(points=3, after=scoreboard_on_both)
def scoreboard_never_shares(k8s: K8s) -> None:
    """One more Pod of `scoreboard` finds no place beside the two."""
    pod = template(k8s, "scoreboard")
    rules = {key: pod["spec"][key] for key in RULES if key in pod["spec"]}
    k8s.repels({"metadata": {"namespace": "studio", "labels": pod["metadata"]["labels"]}, "spec": rules})


@check(points=1, after=scoreboard_on_both)
def control_plane_spared(k8s: K8s) -> None:
    """The Pods of `scoreboard` cannot run on the control plane node."""
    k8s.repels(pinned("cka-control-plane", template(k8s, "scoreboard")["spec"]))
