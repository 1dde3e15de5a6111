"""The baseline of a kind cluster: captured once its system pods run, restored beneath the API server.

Unlike on an embedded control plane, kubelets and controllers go on writing what they see, so their part is left to
them. Pods, Endpoints and EndpointSlices are never written back; the status of nodes and workloads is written back once
and then theirs again; and at the end the workloads of the baseline have to be ready.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

from setup import baseline
from setup.api import Api
from setup.errors import LabsError
from setup.etcd import Entry, Etcd
from setup.providers.kind import readiness
from setup.providers.kind.cluster import Cluster
from setup.providers.kind.runtime import Runtime

PODS = "/registry/pods/"
SLICES = "/registry/endpointslices/"
ENDPOINTS = "/registry/services/endpoints/"
SERVICES = "/registry/services/specs/"
VOLUMES = "/registry/persistentvolumes/"
THEIRS = (PODS, SLICES, ENDPOINTS)  # made by controllers and kubelets alone
PASSING = ("/registry/masterleases/", "/registry/events/", "/registry/secrets/kube-system/bootstrap-token-")
BUSY = (  # written back once, then theirs who keep their status
    "/registry/minions/",
    "/registry/csinodes/",
    "/registry/deployments/",
    "/registry/replicasets/",
    "/registry/daemonsets/",
    "/registry/statefulsets/",
    "/registry/apiregistration.k8s.io/",
    "/registry/configmaps/kube-public/cluster-info",
)
ONCE = 3  # looks after which what is busy is left alone
FACTS = "workloads.json"  # in the cluster's folder
LOCAL_PATH = "/var/local-path-provisioner"
READY_WITHIN, RESET_WITHIN = 180.0, 60.0  # seconds
PAUSE = 0.05
SERVICES_OF_A_NODE = ("kubelet", "containerd")


@dataclass(frozen=True)
class Facts:
    """What the baseline's workloads are: their generation by path, the uids of what owns pods, the uids of nodes."""

    generations: Mapping[str, int]
    owners: tuple[str, ...]
    nodes: tuple[str, ...]
    pods_run: bool

    @classmethod
    def of(cls, cluster: Cluster) -> "Facts":
        """What was found when the cluster's baseline was captured."""
        found = json.loads((cluster.directory / FACTS).read_text())
        return cls(found["generations"], tuple(found["owners"]), tuple(found["nodes"]), bool(found["pods_run"]))


def capture(cluster: Cluster, *, pods_run: bool) -> None:
    """Wait until all nodes are Ready and the system's pods run, then keep everything as the baseline.

    Without a pod network (``pods_run`` False) nodes never get Ready: then only their registration is waited for.
    """
    api, etcd = Api(cluster.grader_kubeconfig), Etcd.over_tls(cluster.etcd_port, cluster.directory / "etcd")
    try:
        _wait(api, len(cluster.nodes), {}, pods_run=pods_run, within=READY_WITHIN)
        facts = found(api, pods_run=pods_run)
        baseline.capture(etcd, cluster.directory / baseline.FILE)
    finally:
        api.close()
        etcd.close()
    (cluster.directory / FACTS).write_text(json.dumps(facts.__dict__))


def restore(cluster: Cluster) -> None:
    """Bring the API's objects back to the baseline and wait until its workloads run.

    Then once more: a controller may have made something for a namespace that it did not yet know to be gone.
    LabsError when a node's services are not as they were, or the cluster does not come to rest.
    """
    facts = Facts.of(cluster)
    with ThreadPoolExecutor(len(cluster.nodes)) as pool:
        sound = [pool.submit(_require_services, cluster, node) for node in cluster.nodes]
        etcd = Etcd.over_tls(cluster.etcd_port, cluster.directory / "etcd")
        try:
            kept = baseline.read(cluster.directory / baseline.FILE)
            dropped = restore_keys(etcd, kept, facts)
            baseline.write(cluster.directory / baseline.FILE, kept)
        finally:
            etcd.close()
        if any(key.startswith(VOLUMES) for key in dropped):
            sound += [pool.submit(empty_volumes, cluster, node) for node in cluster.nodes]
        _results(sound)
    api, etcd = Api(cluster.grader_kubeconfig), Etcd.over_tls(cluster.etcd_port, cluster.directory / "etcd")
    try:
        _wait(api, len(facts.nodes), facts.generations, pods_run=facts.pods_run, within=RESET_WITHIN)
        restore_keys(etcd, kept, facts, first=ONCE)
        baseline.write(cluster.directory / baseline.FILE, kept)
    finally:
        api.close()
        etcd.close()


def restore_keys(etcd: Etcd, kept: dict[str, Entry], facts: Facts, first: int = 0) -> set[str]:
    """Write back and delete until two looks in a row find nothing to do; returns all keys that were deleted.

    ``kept`` gets the new revisions; looks are counted from ``first``. LabsError when the cluster does not come to rest.
    """
    numbers = count(first)
    dropped: set[str] = set()

    def look(now: Mapping[str, Entry]) -> baseline.Difference:
        number = next(numbers)
        change = wanted(kept, now, stray(etcd.entries(PODS), kept, facts), busy=number < ONCE)
        if number == 0:  # events come and go all the time: taken away once
            events = tuple(key for key in now if key.startswith(baseline.DROPPED))
            change = baseline.Difference(change.puts, change.deletes + events)
        dropped.update(change.deletes)
        return change

    unrest = LabsError("the cluster does not come to rest at its baseline", "labs stop, then labs start again")
    baseline.settle(etcd, kept, look, unrest)
    return dropped


def wanted(
    kept: Mapping[str, Entry], now: Mapping[str, Entry], strays: Iterable[str], *, busy: bool
) -> baseline.Difference:
    """What is to be written back and deleted, without what belongs to kubelets and controllers.

    ``strays`` are the keys of pods that nobody of the baseline owns; ``busy`` says whether BUSY keys are looked at.
    """
    found = baseline.differences(kept, now)
    left = THEIRS + PASSING + (() if busy else BUSY)
    puts = tuple(key for key in found.puts if not key.startswith(left))
    if not busy:  # what is missing is never left
        puts += tuple(key for key in found.puts if key.startswith(BUSY) and key not in now)
    services = {key.removeprefix(SERVICES) for key in kept if key.startswith(SERVICES)}
    deletes = tuple(key for key in found.deletes if not key.startswith(PASSING) and not _follows(key, services))
    tokens = tuple(key for key in found.deletes if key.startswith(PASSING[2]))
    return baseline.Difference(puts, tuple(k for k in deletes if not k.startswith(PODS)) + tuple(strays) + tokens)


def stray(pods: Mapping[str, Entry], kept: Collection[str], facts: Facts) -> tuple[str, ...]:
    """The keys of pods that nothing of the baseline has made: owners' uids are plain text in the stored object.

    A node owns the mirror pods of its static pods: those count only under the names of the baseline, ``kept``.
    """
    owners, nodes = [uid.encode() for uid in facts.owners], [uid.encode() for uid in facts.nodes]
    return tuple(
        key
        for key, entry in pods.items()
        if not any(uid in entry.value for uid in owners)
        and not (key in kept and any(uid in entry.value for uid in nodes))
    )


def _follows(key: str, services: set[str]) -> bool:
    """Whether an Endpoints or EndpointSlice object belongs to a Service of the baseline."""
    if key.startswith(ENDPOINTS):
        return key.removeprefix(ENDPOINTS) in services
    name = key.removeprefix(SLICES)
    return key.startswith(SLICES) and (name in services or name.rsplit("-", 1)[0] in services)


def found(api: Api, *, pods_run: bool) -> Facts:
    """What there is now."""
    workloads = [
        (f"/apis/apps/v1/namespaces/{each['metadata']['namespace']}/{kind}/{each['metadata']['name']}", each)
        for kind in readiness.WORKLOADS
        for each in api.call("GET", f"/apis/apps/v1/{kind}")["items"]
    ]
    sets = [each["metadata"]["uid"] for each in api.call("GET", "/apis/apps/v1/replicasets")["items"]]
    nodes = api.call("GET", "/api/v1/nodes")["items"]
    owners = (*(each["metadata"]["uid"] for _, each in workloads), *sets)
    generations = {path: each["metadata"]["generation"] for path, each in workloads}
    return Facts(generations, owners, tuple(each["metadata"]["uid"] for each in nodes), pods_run)


def _wait(api: Api, nodes: int, generations: Mapping[str, int], *, pods_run: bool, within: float) -> None:
    """Wait until so many nodes are there (and Ready) and all workloads run, of these generations where known."""
    late = readiness.settle(lambda: readiness.lacking(api, nodes, generations, pods_run=pods_run), within, PAUSE)
    if late:
        raise LabsError(f"the cluster is not ready after {within:.0f} s: {late}", "labs stop, then try again")


def _require_services(cluster: Cluster, node: str) -> None:
    done = Runtime(cluster.runtime).exec(node, "systemctl", "is-active", *SERVICES_OF_A_NODE)
    if done.code:
        states = dict(zip(SERVICES_OF_A_NODE, done.text.split(), strict=False))
        raise LabsError(f"on {node} not everything runs: {states or done.err[-200:]}", "labs stop, then start again")


def empty_volumes(cluster: Cluster, node: str) -> None:
    """Remove what the volumes on this node hold."""
    words = ("find", LOCAL_PATH, "-mindepth", "1", "-delete")
    Runtime(cluster.runtime).exec(node, *words)  # a node without the folder has nothing to remove


def _results(futures: Iterable[Future[None]]) -> None:
    for each in futures:
        each.result()
