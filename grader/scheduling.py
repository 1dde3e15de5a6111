"""Where the scheduler puts a pod, asked with canaries: real pods that live for some tens of milliseconds."""

import contextlib
import copy
import re
import secrets
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from grader.admission import QUIET_NAMESPACE, plain_pod, webhooks_named
from grader.api import Api, Object
from grader.errors import Broken, Miss, Refused
from grader.fragments import Fragment, load_fragment
from grader.resources import EVENT, POD
from grader.rules import rules_in

LABEL = "labs.canary"
RUN_IMAGE = "busybox:1.37"
RUN_SECONDS = 10.0
"""Seconds in which a kubelet that works has started a container whose image is there."""
DEADLINE = 8.0
"""Seconds that the scheduler has for its first word on a canary; it usually needs 20 ms."""
_POLL = 0.03
PATIENCE = 1.0
"""Seconds that a scheduler's "no" must stand: one that has just heard of a node may think again."""
_FORGOTTEN = 60.0  # a canary that old was left by a grade that was killed
_NODES = "kubectl get nodes -o custom-columns=NAME:.metadata.name,CORDONED:.spec.unschedulable,TAINTS:.spec.taints"


@dataclass(frozen=True)
class Fate:
    """What became of a pod: the node it was bound to, or the scheduler's reason for leaving it pending."""

    node: str | None
    reason: str = ""


class Canaries:
    """Canary pods of one grade."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._proved = False
        self._swept: set[str] = set()

    def schedules(self, pod: Fragment, on: str | Collection[str] | None = None, namespace: str | None = None) -> str:
        """Return the node that a canary was bound to; Miss if it stays pending or gets elsewhere than ``on``."""
        with self._canary(_canary(pod, namespace)) as canary:
            fate = self._fate(canary, PATIENCE)
        if fate.node is None:
            raise Miss(f"the canary pod stays Pending: {fate.reason}", _NODES)
        allowed = (on,) if isinstance(on, str) else on
        if allowed is not None and fate.node not in allowed:
            raise Miss(f"the canary pod was placed on {fate.node}, expected {' or '.join(sorted(allowed))}", _NODES)
        return fate.node

    def runs(self, pod: Fragment, on: str | None = None, namespace: str | None = None) -> None:
        """Raise Miss unless a canary's container really runs, on the node ``on`` if told.

        It is bound by the scheduler, started by the kubelet, and writes and ends nothing. RUN_SECONDS from binding:
        then a kubelet that is silent or complains is a miss, one that is just slow shows nothing: Broken.
        """
        canary = _canary(pod, namespace)
        if on is not None:
            canary["spec"].setdefault("nodeSelector", {})["kubernetes.io/hostname"] = on
        if canary["spec"]["containers"] == plain_pod()["spec"]["containers"]:
            canary["spec"]["containers"] = [{"name": "canary", "image": RUN_IMAGE, "command": ["sleep", "60"]}]
        with self._canary(canary):
            fate = self._fate(canary, PATIENCE)
            if fate.node is None:
                raise Miss(f"the canary pod stays Pending: {fate.reason}", _NODES)
            self._run(canary, fate.node)

    def _run(self, canary: Object, node: str) -> None:
        namespace, name = canary["metadata"]["namespace"], canary["metadata"]["name"]
        end = time.monotonic() + RUN_SECONDS
        while True:
            live = self._api.get(POD, name, namespace)
            if live is None:
                raise Broken("the canary pod was deleted by somebody else")
            states = (live.get("status") or {}).get("containerStatuses") or [{}]
            if all("running" in (each.get("state") or {}) for each in states):
                return
            if time.monotonic() > end:
                waits = (states[0].get("state") or {}).get("waiting") or {}
                told = waits.get("message") or self._complaint(namespace, name) or waits.get("reason")
                if told == "ContainerCreating":
                    raise Broken(f"a pod on {node} was not started within {RUN_SECONDS:g} s; no reason is told")
                why = f"a pod on {node} does not start: {told or 'the kubelet says nothing'}"
                raise Miss(why, f"kubectl describe node {node}")
            time.sleep(_POLL)

    def _complaint(self, namespace: str, name: str) -> str:
        """The last warning that a kubelet wrote about the pod; empty if there is none."""
        warnings = [
            event for event in self._api.list(EVENT, namespace)
            if event.get("type") == "Warning" and (event.get("involvedObject") or {}).get("name") == name
            and (event.get("source") or {}).get("component") == "kubelet"
        ]  # fmt: skip
        return str(warnings[-1].get("message") or "") if warnings else ""

    def repels(self, pod: Fragment, because: str | None = None, namespace: str | None = None) -> None:
        """Raise Miss unless the scheduler leaves a canary pending, for a reason in which ``because`` is found.

        The control, once a grade: a pod that tolerates everything must be bound, else the check is broken.
        """
        self._prove()
        with self._canary(_canary(pod, namespace)) as canary:
            fate = self._fate(canary, 0)
        if fate.node is not None:
            raise Miss(f"the canary pod was placed on {fate.node}, it should have stayed Pending", _NODES)
        if because is not None and not re.search(because, fate.reason):
            raise Miss(f"the canary pod stays Pending, but not because of {because!r}: {fate.reason}", _NODES)

    def _prove(self) -> None:
        with self._lock:
            if self._proved:
                return
            control = plain_pod()
            control["spec"]["tolerations"] = [{"operator": "Exists"}]
            with self._canary(_canary(control, None)) as canary:
                fate = self._fate(canary, PATIENCE)
            if fate.node is None:
                raise Broken(f"the control pod, which tolerates everything, is not scheduled either: {fate.reason}")
            self._proved = True

    @contextlib.contextmanager
    def _canary(self, pod: Object) -> Iterator[Object]:
        """Create a canary and delete it, whatever happens; its name is ours, so a lost answer loses no pod.

        Refused in kube-node-lease (by whatever a candidate put in the way of all pods) nothing is shown: Broken. In a
        namespace of the task the refusal is the candidate's.
        """
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        self._sweep(namespace)
        try:
            with webhooks_named(self._api):
                made = self._api.create(POD, pod)
            yield made
        except Refused as refused:
            if namespace == QUIET_NAMESPACE or "looking up service account" in refused.message:
                raise Broken(f"the canary pod could not be made: {refused.message}") from None
            if refused.status not in (403, 404, 422):
                raise
            raise Miss(f"a pod is refused in namespace {namespace}: {refused.message}",
                       f"kubectl describe resourcequota,limitrange -n {namespace}") from None  # fmt: skip
        finally:
            with contextlib.suppress(Refused, Broken):  # the next grade sweeps
                self._api.delete(POD, name, namespace)

    def _fate(self, pod: Object, patience: float) -> Fate:
        """Poll until the scheduler has spoken; a "no" is final when it stands for ``patience`` seconds."""
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        end = time.monotonic() + DEADLINE
        refused_at: float | None = None
        while True:
            live = self._api.get(POD, name, namespace)
            if live is None:
                raise Broken("the canary pod was deleted by somebody else")
            fate, now = fate_of(live), time.monotonic()
            if fate and fate.node:
                return fate
            refused_at = refused_at or now if fate else None
            if fate and refused_at is not None and now - refused_at >= patience:
                return fate
            if now > end:
                raise Broken(f"the scheduler said nothing about a pod within {DEADLINE:g} s")
            time.sleep(_POLL)

    def _sweep(self, namespace: str) -> None:
        """Delete the canaries of grades that were killed; once a grade and namespace."""
        if namespace in self._swept:
            return
        self._swept.add(namespace)
        now = datetime.now(UTC)
        for pod in self._api.list(POD, namespace, {LABEL: "true"}):
            born = datetime.fromisoformat(pod["metadata"]["creationTimestamp"])
            if (now - born).total_seconds() > _FORGOTTEN:
                with contextlib.suppress(Refused, Broken):
                    self._api.delete(POD, pod["metadata"]["name"], namespace)


def fate_of(pod: Object) -> Fate | None:
    """Return what the scheduler did with a live pod, or None while it has said nothing."""
    node = pod.get("spec", {}).get("nodeName")
    if node:
        return Fate(node)
    for condition in pod.get("status", {}).get("conditions") or ():
        no = condition.get("type") == "PodScheduled" and condition.get("status") == "False"
        if no and condition.get("reason") in ("Unschedulable", "SchedulingGated"):
            return Fate(None, str(condition.get("message") or condition["reason"]))
    return None


def _canary(pod: Fragment, namespace: str | None) -> Object:
    """Fill in what an author left out: name, image, no grace, no token. A mapping without spec is the spec."""
    given: dict[str, Any] = copy.deepcopy(load_fragment(pod))
    if any(rules_in(given)):
        raise ValueError("a canary pod holds values, no rules")
    if not given.keys() <= {"apiVersion", "kind", "metadata", "spec"}:
        given = {"spec": given}
    spec, metadata = given.get("spec") or {}, given.get("metadata") or {}
    if spec.get("nodeName"):
        raise ValueError("a pod with spec.nodeName never meets the scheduler")
    place = namespace or metadata.get("namespace") or QUIET_NAMESPACE
    canary = plain_pod(place, f"labs-canary-{secrets.token_hex(4)}")
    canary["metadata"]["labels"] = {**(metadata.get("labels") or {}), LABEL: "true"}
    canary["metadata"]["annotations"] = metadata.get("annotations") or {}
    canary["spec"] |= {"automountServiceAccountToken": False, **spec, "terminationGracePeriodSeconds": 0}
    return canary
