"""Probe pods: short-lived pods from which the grader opens connections of its own.

A probe pod carries the labels, namespace and account of the pods that it stands for, because that is what policies go
by; it runs an image of ours, so the candidate's containers need no tools and cannot answer in its place. It never
becomes ready (a readiness gate that nobody opens), so no Service sends it traffic, and it has no pod-template-hash, so
no ReplicaSet takes it for its own.
"""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from grader.admission import QUIET_NAMESPACE
from grader.api import Api, Object
from grader.errors import Broken, Miss, Refused
from grader.node import Ran
from grader.resources import POD, Resource
from grader.scheduling import LABEL
from grader.silence import CheckThread

IMAGE = "busybox:1.37"
PORT = 8099
"""Every probe pod listens here, so that one can be another's target, and its own control."""
START_SECONDS = 10.0
"""How long a probe pod may wait for its kubelet to take notice of it."""
SLOW_START_SECONDS = 30.0
"""How long one that its kubelet works on may take to run: on a busy machine it is slow, and no less right."""
LIFETIME = 120
"""Seconds after which the kubelet ends a probe pod that nobody deleted."""
NETWORK_POLICY = Resource("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", singular="networkpolicy")
UNDER_WAY = ("ContainerCreating", "PodInitializing", "Pending")  # what a pod that its kubelet works on is said to be
_POLL = 0.15
Answer = TypeVar("Answer")
_FORGOTTEN = 60.0
_LISTEN = """
for port in {ports}; do
  (httpd -f -p "$port" -h / || while :; do nc -l -p "$port" -e true; done) &
done
wait
"""


@dataclass(frozen=True)
class Place:
    """Where a probe stands: a namespace and labels; a node of its own network, or pinned to one, for controls.

    ``port`` is one more that it listens on (0: none), to be another's target there.
    """

    namespace: str
    labels: tuple[tuple[str, str], ...] = ()
    account: str = ""
    node: str = ""
    host_network: bool = False
    port: int = 0

    @classmethod
    def of(cls, client: "str | Mapping[str, Any] | Place") -> "Place":
        """Read ``NAMESPACE/LABEL=VALUE,LABEL=VALUE``, ``NAMESPACE``, or a live pod to stand for."""
        if isinstance(client, Place):
            return client
        if isinstance(client, str):
            namespace, _, labels = client.partition("/")
            return cls(namespace, tuple(sorted(selector(labels).items())))
        metadata, spec = client["metadata"], client.get("spec") or {}
        carried = metadata.get("labels") or {}
        kept = sorted((key, value) for key, value in carried.items() if key != "pod-template-hash")
        return cls(metadata["namespace"], tuple(kept), spec.get("serviceAccountName") or "")

    def __str__(self) -> str:
        labels = ",".join(f"{key}={value}" for key, value in self.labels)
        return f"a pod with {labels} in {self.namespace}" if labels else f"a pod in {self.namespace}"


def selector(labels: str) -> dict[str, str]:
    """Read ``a=b,c=d``; ValueError for anything else."""
    pairs = [pair.partition("=") for pair in labels.split(",") if pair]
    if not all(sign for _, sign, _ in pairs):
        raise ValueError(f"write labels as NAME=VALUE, not {labels!r}")
    return {name.strip(): value.strip() for name, _, value in pairs}


class Probes:
    """The probe pods of one grade, each made when it is first needed, all deleted by ``close``."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._places: dict[Place, threading.Lock] = {}
        self._begun: dict[Place, str] = {}
        self._pods: dict[Place, Object] = {}
        self._since: dict[Place, float] = {}
        self._awaited: dict[Place, float] = {}
        self._slowest = 0.0
        self._made: list[tuple[Resource, str, str]] = []
        self._swept = False
        self._looking = threading.Lock()
        self._looked = 0.0
        self._seen: Mapping[str, Object] = {}

    @property
    def slowest(self) -> float:
        """Seconds that the slowest pod took to come up, or has taken so far."""
        with self._lock:
            return max([self._slowest, *(time.monotonic() - began for began in self._awaited.values())])

    def pod(self, place: Place) -> Object:
        """The running probe pod of a place. Miss if the namespace refuses it, Broken if it does not come up."""
        with self._mine(place):
            if place not in self._pods:
                with self._timed(place):
                    name = self._begun.pop(place, "") or self._make(place)
                    self._pods[place] = self._running(place, name)
                self._since[place] = time.monotonic()
            return self._pods[place]

    def begin(self, place: Place) -> None:
        """Make the probe pod of a place, which comes up meanwhile. Miss and Broken as for ``pod``."""
        with self._mine(place):
            if place not in self._pods and place not in self._begun:
                self._begun[place] = self._make(place)

    def since(self, place: Place) -> float:
        """When the pod of a place, which was asked for before, was up, in time.monotonic's seconds."""
        return self._since[place]

    def run(self, place: Place, command: Sequence[str], seconds: float) -> Ran:
        """Run a command in the probe pod of a place."""
        metadata = self.pod(place)["metadata"]
        return self._api.execute(metadata["namespace"], metadata["name"], "probe", command, seconds)

    def create(self, resource: Resource, manifest: Object) -> Object:
        """Create an object of the grader's own in its quiet namespace; ``close`` deletes it."""
        metadata = manifest["metadata"]
        with self._lock:  # known before it is there: an answer that is lost loses no object
            self._made.append((resource, metadata["name"], metadata["namespace"]))
        return self._api.create(resource, manifest)

    def close(self) -> None:
        """Delete what was made; what cannot be deleted now the next grade sweeps."""
        with self._lock:
            made, self._made = self._made, []
            self._pods.clear()
            self._begun.clear()
        for resource, name, namespace in made:
            with contextlib.suppress(Refused, Broken):
                self._api.delete(resource, name, namespace)

    def _mine(self, place: Place) -> threading.Lock:
        """Whoever holds it may make the pod of this place."""
        self._sweep()
        with self._lock:
            return self._places.setdefault(place, threading.Lock())

    @contextlib.contextmanager
    def _timed(self, place: Place) -> Iterator[None]:
        """Have what is done here count as the start of this place's pod."""
        began = time.monotonic()
        with self._lock:
            self._awaited[place] = began
        try:
            yield
        finally:
            with self._lock:
                del self._awaited[place]
                self._slowest = max(self._slowest, time.monotonic() - began)

    def _make(self, place: Place) -> str:
        """Make the pod of a place; its name."""
        manifest = _manifest(place)
        try:
            self.create(POD, manifest)
        except Refused as refused:
            if place.namespace == QUIET_NAMESPACE or refused.status not in (403, 404, 422):
                raise Broken(f"the probe pod could not be made: {refused.message}") from None
            raise Miss(f"a pod is refused in namespace {place.namespace}: {refused.message}",
                       f"kubectl describe namespace {place.namespace}") from None  # fmt: skip
        return str(manifest["metadata"]["name"])

    def _running(self, place: Place, name: str) -> Object:
        """The pod of this name, once it runs."""
        began = time.monotonic()
        while True:
            time.sleep(_POLL)
            live = self._look(name)
            if live is None:
                raise Broken("the probe pod was deleted by somebody else")
            status = live.get("status") or {}
            states = status.get("containerStatuses") or [{}]
            if "running" in (states[0].get("state") or {}):
                return live
            under_way = status.get("startTime") and _reason(live) in UNDER_WAY
            if time.monotonic() > began + (SLOW_START_SECONDS if under_way else START_SECONDS):
                raise Broken(f"a probe pod in {place.namespace} does not run: {_reason(live)}")

    def _look(self, name: str) -> Object | None:
        """The probe pod of this name, as it was at most _POLL seconds ago: one look serves all that wait."""
        with self._looking:
            now = time.monotonic()
            if now - self._looked > _POLL:
                self._seen = {pod["metadata"]["name"]: pod for pod in self._api.list(POD, None, {LABEL: "true"})}
                self._looked = now
            return self._seen.get(name)

    def _sweep(self) -> None:
        """Delete what grades that were killed have left, in all namespaces; once a grade."""
        with self._lock:
            if self._swept:
                return
            self._swept = True
        now = datetime.now(UTC)
        for resource in (POD, NETWORK_POLICY):
            for item in self._api.list(resource, None, {LABEL: "true"}):
                metadata = item["metadata"]
                born = datetime.fromisoformat(metadata["creationTimestamp"])
                if (now - born).total_seconds() > _FORGOTTEN:
                    with contextlib.suppress(Refused, Broken):
                        self._api.delete(resource, metadata["name"], metadata["namespace"])


def together(tasks: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do all tasks side by side, and return their answers; else the first fault, a miss before others, is raised."""
    answers: dict[int, Answer] = {}
    faults: list[BaseException] = []

    def attempt(number: int, task: Callable[[], Answer]) -> None:
        try:
            answers[number] = task()
        except BaseException as error:  # it is raised again below
            faults.append(error)

    threads = [CheckThread(target=attempt, args=each) for each in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise next((fault for fault in faults if isinstance(fault, Miss)), faults[0])
    return [answers[number] for number in range(len(tasks))]


def _manifest(place: Place) -> Object:
    """The probe pod: nothing in it that the restricted Pod Security Standard forbids, where that can be helped."""
    ports = f"{PORT} {place.port}" if place.port else str(PORT)
    spec: Object = {
        "containers": [{
            "name": "probe",
            "image": IMAGE,
            "imagePullPolicy": "IfNotPresent",
            "command": ["sh", "-c", "sleep 3600" if place.host_network else _LISTEN.format(ports=ports)],
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }],
        "securityContext": {
            "runAsNonRoot": True, "runAsUser": 65534, "runAsGroup": 65534, "seccompProfile": {"type": "RuntimeDefault"},
        },
        "activeDeadlineSeconds": LIFETIME,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "readinessGates": [{"conditionType": "labs.canary/never"}],
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 0,
    }  # fmt: skip
    if place.account:
        spec["serviceAccountName"] = place.account
    if place.host_network:
        spec["hostNetwork"] = True
    if place.node:
        spec["nodeName"] = place.node
        spec["tolerations"] = [{"operator": "Exists"}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"labs-probe-{secrets.token_hex(4)}",
            "namespace": place.namespace,
            "labels": {**dict(place.labels), LABEL: "true"},
        },
        "spec": spec,
    }


def _reason(pod: Object) -> str:
    status = pod.get("status") or {}
    for each in status.get("containerStatuses") or ():
        for state in (each.get("state") or {}).values():
            if state.get("reason"):
                return f"{state['reason']} {state.get('message', '')}".strip()
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return str(condition.get("message"))
    return str(status.get("phase"))
