"""The node image that is built here makes a node on which everything runs that labs name, with no registry in reach."""

import json
import os
import time

import pytest
import yaml

from setup.commands import check, run
from setup.images import node
from setup.tools import cache as tools
from setup.tools.pins import KIND_MODULE, KUBERNETES
from setup.tools.pins_node import PREVIOUS

pytestmark = pytest.mark.kind

CONFIG = b"""
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
kubeadmConfigPatches: ["{kind: KubeletConfiguration, failCgroupV1: false}"]
nodes: [{role: control-plane}]
"""

PODS = b"""
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: page}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
    - {name: nginx, image: "nginx:1.29", volumeMounts: [{name: page, mountPath: /usr/share/nginx/html}]}
    - {name: agnhost, image: "registry.k8s.io/e2e-test-images/agnhost:2.53", args: [netexec, --http-port=8080]}
    - {name: redis, image: "redis:8"}
  volumes: [{name: page, persistentVolumeClaim: {claimName: page}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: page, port: 80}, {name: echo, port: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: box}
spec: {containers: [{name: box, image: "busybox:1.37", command: [sleep, "3600"]}]}
"""


class Cluster:
    """One node made of an image, entered as `docker exec` does."""

    def __init__(self, version, directory, cache):
        self.name = f"labs-image-{os.getpid()}"
        self.node = f"{self.name}-control-plane"
        self.kubeconfig = str(directory / "kubeconfig")
        self.environment = {"KIND_EXPERIMENTAL_DOCKER_NETWORK": self.name}
        self.kind = str(tools.ensure(cache, print, (KIND_MODULE,))["kind"])
        self.image = node.ensure(version, cache, "docker", print)
        (directory / "config.yaml").write_bytes(CONFIG)
        self.config = str(directory / "config.yaml")

    def create(self):
        command = [self.kind, "create", "cluster", "--name", self.name, "--image", self.image, "--config", self.config]
        check([*command, "--kubeconfig", self.kubeconfig, "--wait", "120s"], deadline=300, env=self.environment)

    def delete(self):
        run([self.kind, "delete", "cluster", "--name", self.name, "--kubeconfig", self.kubeconfig], deadline=120)
        run(["docker", "network", "rm", self.name], deadline=30)

    def inside(self, *command, stdin=None):
        options = ["-i"] if stdin else []
        return check(["docker", "exec", *options, self.node, *command], deadline=180, stdin=stdin).text

    def kubectl(self, *arguments, stdin=None):
        return self.inside("kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", *arguments, stdin=stdin)


@pytest.fixture(scope="module", params=[KUBERNETES, PREVIOUS])
def cluster(request, tmp_path_factory, node_cache):
    made = Cluster(request.param, tmp_path_factory.mktemp("cluster"), node_cache)
    try:
        made.create()
        made.version = request.param
        made.kubectl("apply", "-f", "-", stdin=PODS)
        made.kubectl("wait", "--for=condition=Ready", "pod/web", "pod/box", "--timeout=120s")
        made.kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=120s")
        yield made
    finally:
        made.delete()


@pytest.fixture(scope="module")
def node_cache():
    from platformdirs import user_cache_path

    return user_cache_path("cka-labs")


def test_the_node_is_ready_and_has_its_version(cluster):
    info = json.loads(cluster.kubectl("get", "nodes", "-o", "json"))["items"][0]
    assert info["status"]["nodeInfo"]["kubeletVersion"] == cluster.version
    assert {"type": "Ready", "status": "True"}.items() <= next(
        each for each in info["status"]["conditions"] if each["type"] == "Ready"
    ).items()


def test_no_unit_failed(cluster):
    assert cluster.inside("systemctl", "--failed", "--no-legend") == ""


def test_a_service_answers_by_name(cluster):
    echo = ("exec", "box", "--", "wget", "-qO-", "http://web.default.svc.cluster.local:8080/echo?msg=nonce-5c1")
    assert cluster.kubectl(*echo) == "nonce-5c1"


def test_the_default_storage_class_gives_a_volume_that_is_written(cluster):
    cluster.kubectl("exec", "web", "-c", "nginx", "--", "sh", "-c", "echo nonce-7d2 > /usr/share/nginx/html/index.html")
    assert cluster.kubectl("exec", "box", "--", "wget", "-qO-", "http://web") == "nonce-7d2"
    storage = json.loads(cluster.kubectl("get", "storageclass", "-o", "json"))["items"]
    assert [each["volumeBindingMode"] for each in storage] == ["WaitForFirstConsumer"]


def test_redis_answers(cluster):
    assert cluster.kubectl("exec", "web", "-c", "redis", "--", "redis-cli", "ping") == "PONG"


def test_etcd_is_saved_and_the_snapshot_read(cluster):
    pki = "/etc/kubernetes/pki/etcd"
    keys = ("--cacert", f"{pki}/ca.crt", "--cert", f"{pki}/server.crt", "--key", f"{pki}/server.key")
    cluster.inside("etcdctl", "--endpoints", "https://127.0.0.1:2379", *keys, "snapshot", "save", "/tmp/snapshot.db")
    status = json.loads(cluster.inside("etcdutl", "snapshot", "status", "/tmp/snapshot.db", "-w", "json"))
    assert status["totalKey"] > 100


def test_metrics_are_served_when_they_are_asked_for(cluster):
    # The API server keeps its first connection to the Service's address. Before kube-proxy knows that address the
    # connection leaves the node, and on some networks somebody answers there: so the server first, then the API.
    parts = list(yaml.safe_load_all(cluster.inside("cat", "/kind/manifests/metrics-server.yaml")))
    server = [each for each in parts if each["kind"] != "APIService"]
    cluster.kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(server).encode())
    cluster.kubectl("-n", "kube-system", "rollout", "status", "deployment/metrics-server", "--timeout=120s")
    cluster.kubectl("apply", "-f", "/kind/manifests/metrics-server.yaml")
    until = time.monotonic() + 90
    while time.monotonic() < until:
        answer = run(
            ["docker", "exec", cluster.node, "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "top", "nodes"],
            deadline=30,
        )
        if not answer.code:
            break
        time.sleep(2)
    assert cluster.node in answer.text, cluster.kubectl(
        "-n", "kube-system", "describe", "pods", "-l", "k8s-app=metrics-server"
    )


def test_apt_works_with_no_network(cluster):
    cluster.inside("apt-get", "update")
    offered = cluster.inside("apt-cache", "madison", "kubeadm")
    if cluster.version == PREVIOUS:
        assert KUBERNETES.removeprefix("v") in offered
        wanted = f"kubeadm={KUBERNETES.removeprefix('v')}-*"
        cluster.inside("apt-get", "install", "-y", "--allow-change-held-packages", wanted)
        assert cluster.inside("kubeadm", "version", "-o", "short") == KUBERNETES
    else:
        assert cluster.inside("dpkg-query", "-W", "-f", "${Version}", "kubeadm").startswith(
            KUBERNETES.removeprefix("v")
        )
