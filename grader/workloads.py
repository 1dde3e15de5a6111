"""Making a workload's pods anew, so that placement is judged by the scheduler of now and not by history."""

import time
from typing import Any

from grader.api import Api, Object
from grader.errors import Broken, Miss
from grader.resources import POD
from grader.scheduling import PATIENCE, fate_of

DEADLINE = 8.0
_POLL = 0.05


def reschedule(api: Api, kind: str, name: str, namespace: str) -> list[Object]:
    """Delete the pods of a workload with no grace and return the new ones, each bound to a node.

    ``kind`` is Deployment, ReplicaSet, StatefulSet, DaemonSet or Job, or Pod for the mirror of a static pod. Waits for
    as many pods as the workload asks for. Raises Miss when there is no such workload, it has no pods, or the new ones
    do not fit anywhere; Broken when the controllers or the scheduler do nothing within 8 s.
    """
    resource = api.resource(kind)
    see = f"kubectl get pods -n {namespace} -o wide"
    if (resource.group, resource.plural) == (POD.group, POD.plural):
        return [_mirrored_again(api, name, namespace, see)]
    workload = api.get(resource, name, namespace)
    if workload is None:
        raise Miss(f"there is no {resource.kind} {name} in namespace {namespace}", f"kubectl get {resource.typed} -A")
    old = _pods(api, workload, namespace)
    count = _wanted(workload, old)
    if not old or not count:
        raise Miss(f"{resource.kind} {name} has no pods", f"kubectl describe {resource.typed} {name} -n {namespace}")
    for pod in old:
        api.delete(POD, pod["metadata"]["name"], namespace)
    return _wait(api, workload, namespace, {pod["metadata"]["uid"] for pod in old}, count)


def _mirrored_again(api: Api, name: str, namespace: str, see: str) -> Object:
    """Delete a static pod's mirror, whose owner is a Node, and return the one that its kubelet makes anew.

    With a grace period, as kubectl does: the kubelet answers that at once, a mirror that is simply gone it misses only
    when it looks over all pods again, after a minute.
    """
    pod = api.get(POD, name, namespace)
    owners = (pod or {}).get("metadata", {}).get("ownerReferences") or ()
    if pod is None or not any(owner.get("kind") == "Node" for owner in owners):
        raise Miss(f"pod {name} has no controller: once deleted it does not come back", see)
    api.delete(POD, name, namespace, grace=1)
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        again = api.get(POD, name, namespace)
        if again is not None and again["metadata"]["uid"] != pod["metadata"]["uid"]:
            return again
        time.sleep(_POLL)
    raise Miss(f"pod {name} was deleted and did not come back within {DEADLINE:g} s", see)


def _wait(api: Api, workload: Object, namespace: str, old: set[str], count: int) -> list[Object]:
    end, settled = time.monotonic() + DEADLINE, None
    while True:
        new = [pod for pod in _pods(api, workload, namespace) if pod["metadata"]["uid"] not in old]
        fates = [fate_of(pod) for pod in new]
        if len(new) >= count and all(fate and fate.node for fate in fates):
            return new
        now = time.monotonic()
        spoken = len(new) >= count and all(fates)  # of every pod the scheduler has said yes or no
        settled = (settled or now) if spoken else None
        if now > end or (settled and now - settled >= PATIENCE):
            _explain(api, workload, namespace, [fate.reason for fate in fates if fate and not fate.node], len(new))
        time.sleep(_POLL)


def _explain(api: Api, workload: Object, namespace: str, reasons: list[str], found: int) -> None:
    see = f"kubectl get pods -n {namespace} -o wide"
    if reasons:
        raise Miss(f"{len(reasons)} of {found} new pods stay Pending: {reasons[0]}", see)
    for owner in (workload, *_owned(api, "apps/v1/ReplicaSet", workload, namespace)):
        for condition in owner.get("status", {}).get("conditions") or ():
            if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
                raise Miss(f"the pods cannot be made again: {condition.get('message')}", see)
    raise Broken(f"the pods of {workload['metadata']['name']} did not come back within {DEADLINE:g} s")


def _wanted(workload: Object, old: list[Object]) -> int:
    """How many pods the workload asks for: while one rolls out, more than that may be there."""
    spec, status = workload.get("spec", {}), workload.get("status", {})
    return int(spec.get("replicas", status.get("desiredNumberScheduled", len(old))))


def _pods(api: Api, workload: Object, namespace: str) -> list[Object]:
    """The workload's pods that are neither ended nor on their way out; a Deployment's through its ReplicaSets."""
    owners = {workload["metadata"]["uid"]}
    if workload["kind"] == "Deployment":
        owners = {owned["metadata"]["uid"] for owned in _owned(api, "apps/v1/ReplicaSet", workload, namespace)}
    return [
        pod
        for pod in api.list(POD, namespace)
        if _controller(pod) in owners
        and not pod["metadata"].get("deletionTimestamp")
        and pod.get("status", {}).get("phase") not in ("Succeeded", "Failed")
    ]


def _owned(api: Api, kind: str, workload: Object, namespace: str) -> list[Object]:
    uid = workload["metadata"]["uid"]
    return [item for item in api.list(api.resource(kind), namespace) if _controller(item) == uid]


def _controller(item: Object) -> Any:
    references = item["metadata"].get("ownerReferences") or ()
    return next((reference["uid"] for reference in references if reference.get("controller")), None)
