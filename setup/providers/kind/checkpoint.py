"""A state between a kind cluster's baseline and now, to come back to as often as one likes.

What happened inside pods, in volumes or on nodes cannot be undone. So nothing is kept where that would be needed: of a
worn cluster, with volumes, with pods that no workload makes again, or while pods come and go.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from setup.api import Api, Object
from setup.checkpoint import PASSING, Belongings, at_rest
from setup.errors import LabsError
from setup.etcd import Entry, Etcd
from setup.providers.kind import readiness, resetting
from setup.providers.kind.cluster import Cluster
from setup.providers.kind.resetting import PAUSE, PODS, VOLUMES, Facts
from setup.sandbox import Sandbox

HEARTBEATS = ("/registry/minions/", "/registry/csinodes/")  # nodes report at any time
BACK_WITHIN = 30.0  # seconds until the pods are as many, and as many of them ready, as they were


@dataclass
class ClusterCheckpoint:
    """What the API held and what the candidate's folders held at one moment at which nothing was under way.

    ``pods`` says how many pods each workload had, and how many of them were Ready, by the workload's path.
    """

    cluster: Cluster
    belongings: Belongings
    keys: dict[str, Entry]
    facts: Facts
    pods: Mapping[str, tuple[int, int]]

    @classmethod
    def take(cls, cluster: Cluster, sandbox: Sandbox, name: str) -> "ClusterCheckpoint | None":
        """Keep the state of now under this name; None where it could not be brought back."""
        if sandbox.worn.exists():
            return None
        belongings = Belongings(sandbox, name)
        api, etcd = _clients(cluster)
        try:
            if readiness.settle(lambda: readiness.rising(api), readiness.STEADY, PAUSE):
                return None
            facts = resetting.found(api, pods_run=True)
            keys = at_rest(etcd, PASSING + HEARTBEATS)
            if keys is None or not _can_come_back(keys, facts) or not belongings.keep():
                return None
            pods = api.call("GET", "/api/v1/pods")["items"]
            return cls(cluster, belongings, keys, facts, dict(_counted(api, facts, pods)))
        finally:
            api.close()
            etcd.close()

    def restore(self) -> None:
        """Bring the API's objects and the candidate's folders back, and wait until the pods are there again.

        LabsError where that does not come about.
        """
        api, etcd = _clients(self.cluster)
        try:
            dropped = resetting.restore_keys(etcd, self.keys, self.facts)
            if any(key.startswith(VOLUMES) for key in dropped):
                for node in self.cluster.nodes:
                    resetting.empty_volumes(self.cluster, node)
            late = readiness.settle(lambda: self._lacking(api), BACK_WITHIN, PAUSE)
        finally:
            api.close()
            etcd.close()
        if late:
            raise LabsError(f"{self.cluster.name} does not come back to its checkpoint: {late}")
        self.belongings.bring_back()

    def _lacking(self, api: Api) -> str:
        """What is not as it was; empty when all is."""
        pods = api.call("GET", "/api/v1/pods")["items"]
        strays = [pod for pod in pods if not _owned(pod, {*self.facts.owners, *self.facts.nodes})]
        if strays:
            return f"Pod {strays[0]['metadata']['name']} is still there"
        for path, found in _counted(api, self.facts, pods):
            if found != self.pods[path]:
                return f"{path} has {found[0]} Pods, {found[1]} of them ready"
        return ""


def _clients(cluster: Cluster) -> tuple[Api, Etcd]:
    return Api(cluster.grader_kubeconfig), Etcd.over_tls(cluster.etcd_port, cluster.directory / "etcd")


def _can_come_back(keys: Mapping[str, Entry], facts: Facts) -> bool:
    """Whether there is no volume, and no pod that nothing would make again."""
    pods = {key: entry for key, entry in keys.items() if key.startswith(PODS)}
    return not any(key.startswith(VOLUMES) for key in keys) and not resetting.stray(pods, keys, facts)


def _owned(pod: Object, owners: set[str]) -> bool:
    return any(each["uid"] in owners for each in pod["metadata"].get("ownerReferences", ()))


def _counted(api: Api, facts: Facts, pods: list[Object]) -> Iterator[tuple[str, tuple[int, int]]]:
    """How many pods each workload has, and how many are Ready; (-1, -1) for one that is not as it was. Refused."""
    for path, generation in facts.generations.items():
        live = api.call("GET", path)
        seen = live.get("status", {}).get("observedGeneration", 0)
        if live["metadata"]["generation"] != generation or seen < generation:
            yield path, (-1, -1)
            continue
        mine = [pod for pod in pods if _selects(live, pod)]
        yield path, (len(mine), sum(readiness.is_ready(pod) for pod in mine))


def _selects(workload: Mapping[str, Any], pod: Object) -> bool:
    labels = workload["spec"]["selector"].get("matchLabels", {}).items()
    there = workload["metadata"]["namespace"] == pod["metadata"]["namespace"]
    return bool(there and labels <= pod["metadata"].get("labels", {}).items())
