"""Every shape comes up as its file says; the three-node one is every other test's."""

import json
import time
from collections.abc import Callable, Iterator

import pytest

from setup import shapes
from setup.tools.pins import KUBERNETES
from setup.tools.pins_node import PREVIOUS
from tests.live.kind.conftest import KindCluster

pytestmark = pytest.mark.kind


@pytest.fixture
def made(kind_provider, kind_runtime) -> Iterator[Callable[[str], KindCluster]]:
    """Makes a sandbox of a shape; it is ended after the test."""
    names = []

    def make(shape: str) -> KindCluster:
        names.append(f"{shape}-7")
        return KindCluster(kind_provider, kind_provider.up(names[-1], shape, print), kind_runtime)

    yield make
    for name in names:
        kind_provider.down(name)


def nodes(cluster: KindCluster) -> list[dict]:
    return json.loads(cluster.kubectl("get", "nodes", "-o", "json"))["items"]


def ready(node: dict) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in node["status"]["conditions"])


def test_one_node_takes_pods(made):
    cluster = made("one-node")
    (node,) = nodes(cluster)
    assert ready(node)
    cluster.kubectl("run", "web", "--image=nginx:1.29")
    cluster.kubectl("wait", "--for=condition=Ready", "pod/web", "--timeout=60s")


def test_without_a_network_plugin_nodes_wait_for_one(made):
    cluster = made("no-cni")
    found = nodes(cluster)
    assert len(found) == len(shapes.nodes("no-cni"))
    assert not any(ready(node) for node in found)
    assert "cni plugin not initialized" in json.dumps(found)
    cluster.kubectl("create", "namespace", "left")
    cluster.reset()
    assert "NotFound" in cluster.kubectl("get", "namespace", "left", code=1)


def test_the_previous_minor_can_be_upgraded_with_no_network(made):
    cluster = made("previous-minor")
    assert {node["status"]["nodeInfo"]["kubeletVersion"] for node in nodes(cluster)} == {PREVIOUS}
    for role in ("control-plane", "worker"):
        cluster.enter(role, "apt-get", "update")
        assert f"{KUBERNETES.removeprefix('v')}-" in cluster.enter(role, "apt-cache", "madison", "kubeadm")
        images = cluster.enter(role, "crictl", "images", "--output", "json")
        assert f"registry.k8s.io/kube-proxy:{KUBERNETES}" in images
    wanted = f"kubeadm={KUBERNETES.removeprefix('v')}-*"
    cluster.enter("control-plane", "apt-get", "install", "--yes", "--allow-change-held-packages", wanted)
    plan = cluster.enter(
        "control-plane", "kubeadm", "upgrade", "plan", KUBERNETES, "--ignore-preflight-errors=SystemVerification"
    )
    assert f"kubeadm upgrade apply {KUBERNETES}" in plan


def test_three_control_planes_outlive_one_of_them(made):
    cluster = made("ha")
    found = nodes(cluster)
    assert len(found) == 4
    assert sum("node-role.kubernetes.io/control-plane" in node["metadata"]["labels"] for node in found) == 3
    members = cluster.enter(
        "control-plane", "crictl", "exec", cluster.enter("control-plane", "crictl", "ps", "--quiet", "--name", "etcd"),
        "etcdctl", "--endpoints=https://127.0.0.1:2379", "--cacert=/etc/kubernetes/pki/etcd/ca.crt",
        "--cert=/etc/kubernetes/pki/etcd/server.crt", "--key=/etc/kubernetes/pki/etcd/server.key", "member", "list",
    )  # fmt: skip
    assert members.count("started") == 3
    cluster.runtime.check("kill", cluster.node("control-plane3"))
    until = time.monotonic() + 60
    while "Error" in (said := cluster.kubectl("create", "configmap", f"after-{time.time_ns()}", code=None)):
        assert time.monotonic() < until, said
        time.sleep(0.5)
