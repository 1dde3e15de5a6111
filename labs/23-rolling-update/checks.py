"""Lab 23: a new release while the theatre is open."""

import math
import time
from itertools import groupby, pairwise
from typing import Any

from grader import K8s, check


def deployment(k8s: K8s, name: str) -> dict[str, Any]:
    """A Deployment of the theatre, which asks for four Pods."""
    return k8s.expect(
        {"kind": "Deployment", "metadata": {"name": name, "namespace": "theatre"}, "spec": {"replicas": 4}}
    )


def share(value: Any, of: int, *, up: bool) -> int:
    """How many Pods a number or percentage of the strategy stands for."""
    if not isinstance(value, str):
        return int(value or 0)
    exact = of * int(value.rstrip("%")) / 100
    return math.ceil(exact) if up else math.floor(exact)


def has_release(spec: dict[str, Any], release: str) -> bool:
    """Whether the container of these Pods is of the release."""
    return {"name": "RELEASE", "value": release} in (spec["containers"][0].get("env") or [])


def ready(k8s: K8s, app: str, release: str) -> list[str]:
    """The names of an application's ready Pods of this release."""
    return [
        pod["metadata"]["name"] for pod in k8s.list("Pod", "theatre", labels={"app": app})
        if not pod["metadata"].get("deletionTimestamp")
        and has_release(pod["spec"], release)
        and any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", []))
    ]  # fmt: skip


def record(k8s: K8s) -> list[tuple[int, str]]:
    """What the usher wrote: seconds, and the Pod that answered, `lost`, or `back` where it had been started again."""
    lines = [line.split() for line in k8s.log("usher", "theatre", "usher").splitlines()]
    return [(int(line[0]), line[1]) for line in lines if len(line) == 2]


def starts_of_its_node(k8s: K8s) -> int:
    """How often the usher's node was started again, as its kube-proxy tells: no fault of the candidate's."""
    node = k8s.expect("{kind: Pod, metadata: {name: usher, namespace: theatre}}")["spec"]["nodeName"]
    found = k8s.list("Pod", "kube-system", labels={"k8s-app": "kube-proxy"})
    containers = [
        each for pod in found if pod["spec"]["nodeName"] == node for each in pod["status"]["containerStatuses"]
    ]
    return sum(each["restartCount"] for each in containers)


def longest(told: list[tuple[int, str]], names: tuple[str, ...]) -> int:
    """For how many seconds at most all answers came from Pods whose names begin so."""
    answers = [line for line in told if line[1] != "lost"]
    runs = [[when for when, _ in run] for mine, run in groupby(answers, lambda line: line[1].startswith(names)) if mine]
    return max((run[-1] - run[0] for run in runs), default=0)


@check(points=2)
def bounds_set(k8s: K8s) -> None:
    """While Pods of `tickets` are exchanged, at least four are available and at most five are there."""
    strategy = deployment(k8s, "tickets")["spec"]["strategy"]
    rolling = strategy.get("rollingUpdate")
    assert rolling, f"the strategy is {strategy['type']}"
    missing = share(rolling.get("maxUnavailable"), 4, up=False)
    assert missing == 0, f"{missing} of 4 Pods may be missing"
    surge = share(rolling.get("maxSurge"), 4, up=True)
    assert surge == 1, f"{4 + surge} Pods may be there"


@check(points=3)
def release_was_out(k8s: K8s) -> None:
    """The new release of `tickets` has been out: for ten seconds its Pods alone have answered the usher."""
    owner = deployment(k8s, "tickets")["metadata"]["uid"]
    sets = [
        each["metadata"] for each in k8s.list("replicasets.apps", "theatre")
        if any(reference["uid"] == owner for reference in each["metadata"].get("ownerReferences", []))
        and has_release(each["spec"]["template"]["spec"], k8s.vars["new"])
    ]  # fmt: skip
    assert sets, "tickets has no revision with the new release"
    usher = k8s.expect("{kind: Pod, metadata: {name: usher, namespace: theatre}}")
    born = min(each["creationTimestamp"] for each in sets)
    assert usher["metadata"]["creationTimestamp"] <= born, "the usher was not there when the new release came"
    seconds = longest(record(k8s), tuple(f"{each['name']}-" for each in sets))
    assert seconds >= 8, f"Pods of the new release alone have answered the usher for {seconds} s, expected 10 s"


@check(points=3, after=release_was_out)
def rolled_back(k8s: K8s) -> None:
    """`tickets` is back at the old release: four Pods of it are ready, and none of the other."""
    live = deployment(k8s, "tickets")
    assert not live["spec"].get("paused"), "the rollout of tickets is paused"
    assert live["status"].get("updatedReplicas") == 4, "the rollback is not complete"
    assert int(live["metadata"]["annotations"]["deployment.kubernetes.io/revision"]) >= 3, (
        "tickets was never rolled back"
    )
    old, new = ready(k8s, "tickets", k8s.vars["old"]), ready(k8s, "tickets", k8s.vars["new"])
    assert (len(old), len(new)) == (4, 0), f"{len(old)} Pods of the old release are ready, and {len(new)} of the new"


@check(points=3, after=release_was_out)
def nothing_lost(k8s: K8s) -> None:
    """No question of the usher went without an answer, from the start until now."""
    told = record(k8s)
    outages = [when for when, who in told if who == "back"]
    nodes = starts_of_its_node(k8s)
    assert len(outages) <= nodes, f"the usher was started again {len(outages)} times, its node {nodes} times"
    lost = [when for when, who in told if who == "lost" and not any(-10 <= when - back <= 60 for back in outages)]
    assert not lost, f"{len(lost)} of {len(told)} questions got no answer"
    times = [when for when, _ in told] + [int(time.time())]
    gap = max(after - before for before, after in pairwise(times) if after not in outages)
    assert gap <= 15, f"the usher's record has a gap of {gap} s"


@check(points=3)
def seats_held(k8s: K8s) -> None:
    """The rollout of `seats` is paused with one Pod of the new release ready beside four of the old."""
    assert deployment(k8s, "seats")["spec"].get("paused"), "the rollout of seats is not paused"
    old, new = ready(k8s, "seats", k8s.vars["old"]), ready(k8s, "seats", k8s.vars["new"])
    assert (len(old), len(new)) == (4, 1), f"{len(old)} Pods of the old release are ready, and {len(new)} of the new"
