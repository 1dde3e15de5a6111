"""A kind cluster whose nodes were stopped is started again, with the work in it.

Right after its start the API server shows what was true before: nodes are Ready and containers run that are no more.
So a node counts when it has renewed its lease since, and a Pod when none of its containers runs since before.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from setup.api import Api, Object
from setup.errors import LabsError
from setup.progress import Tell
from setup.providers.kind import readiness, resetting
from setup.providers.kind.cluster import Cluster
from setup.providers.kind.limits import limit
from setup.providers.kind.runtime import Runtime

WITHIN = 120.0  # seconds; then what is not there is taken for the candidate's work, or for what the lab broke
PAUSE = 0.5


def revive(cluster: Cluster, runtime: Runtime, tell: Tell) -> None:
    """Start the nodes and wait until the cluster is as it was; what does not come back in time is said, no error.

    LabsError when Docker or Podman cannot start a container.
    """
    began = datetime.now(UTC)
    mine = [each for each, name in runtime.containers().items() if name == cluster.name]
    runtime.check("start", *mine)
    if runtime.forgets_limits:
        try:
            limit(runtime, cluster.name, cluster.shape)
        except LabsError as error:
            tell(error.what)
    pods_run = resetting.Facts.of(cluster).pods_run
    api = Api(cluster.grader_kubeconfig)
    try:
        late = readiness.settle(lambda: _lacking(api, cluster.nodes, began, pods_run=pods_run), WITHIN, PAUSE)
    finally:
        api.close()
    if late:
        tell(f"after {WITHIN:.0f} s {late}; left so, as it may be part of the work")


def _lacking(api: Api, nodes: Sequence[str], began: datetime, *, pods_run: bool) -> str:
    """What is not yet as it was; empty when all is."""
    stale = next(_stale(api, nodes, began), "") if pods_run else ""  # the cause comes before what follows from it
    return stale or readiness.lacking(api, len(nodes), {}, pods_run=pods_run)


def _stale(api: Api, nodes: Sequence[str], began: datetime) -> Iterator[str]:
    """Nodes that have not reported since then, and Pods on them whose containers are those of before."""
    leases = api.call("GET", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases")["items"]
    renewed = {each["metadata"]["name"]: _time(each["spec"].get("renewTime")) for each in leases}
    for node in nodes:
        if node not in renewed or renewed[node] < began:
            yield f"node {node} has not reported"
    for pod in api.call("GET", "/api/v1/pods")["items"]:
        if any(_before(state, began) for state in _states(pod)):
            yield f"Pod {pod['metadata']['namespace']}/{pod['metadata']['name']} has not been started"


def _states(pod: Object) -> list[dict[str, Any]]:
    """The states of the containers that are to run; none for a Pod that has ended or is being deleted."""
    if pod["status"].get("phase") != "Running" or pod["metadata"].get("deletionTimestamp"):
        return []
    always = pod["spec"].get("restartPolicy", "Always") == "Always"
    states = [each.get("state") or {} for each in pod["status"].get("containerStatuses") or ()]
    return [state for state in states if always or "running" in state]


def _before(state: dict[str, Any], began: datetime) -> bool:
    """Whether the container is shown as one that was started before then, be it running or ended."""
    shown = state.get("running") or state.get("terminated")
    return shown is not None and _time(shown.get("startedAt")) < began


def _time(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)
