"""The kind provider on real nodes: what is made, how it is reset, and that nothing is left."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from setup.api import Api
from setup.dump import difference, dump
from setup.providers.kind.cluster import tag

pytestmark = pytest.mark.kind

LIMITS = (  # of memory and of CPU time, on cgroup v1 or v2
    "/sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cat /sys/fs/cgroup/cpu.max",
)
LEFT_TO_OTHERS = ("/pods/", "/endpointslices/", "/endpoints/", "/api/v1/nodes/", "metrics.k8s.io", "/csinodes/")
SCRIPT = """
import sys
from pathlib import Path
from setup.providers.kind.provider import Kind
Kind(Path(sys.argv[1]), Path(sys.argv[2])).up("three-node-9", "one-node", print)
"""


def baseline(cluster) -> dict:
    api = Api(cluster.sandbox.grader_kubeconfig)
    try:
        found = dump(api)
    finally:
        api.close()
    kept = {key: each for key, each in found.items() if not any(part in key for part in LEFT_TO_OTHERS)}
    return {key: {k: v for k, v in each.items() if k != "status"} for key, each in kept.items()}


def settled_difference(cluster, before) -> dict:
    until = time.monotonic() + 5
    while (left := difference(before, baseline(cluster))) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def test_the_candidate_is_kinds_ordinary_admin_and_the_grader_a_master(kind_cluster):
    who = json.loads(kind_cluster.kubectl("auth", "whoami", "-o", "json"))["status"]["userInfo"]
    assert who["username"] == "kubernetes-admin"
    assert "kubeadm:cluster-admins" in who["groups"]
    assert "system:masters" not in who["groups"]
    kind_cluster.kubectl("delete", "clusterrolebinding", "kubeadm:cluster-admins")
    assert "forbidden" in kind_cluster.kubectl("get", "pods", code=1).lower()
    api = Api(kind_cluster.sandbox.grader_kubeconfig)
    assert api.call("GET", "/api/v1/nodes")["items"]
    api.close()


def test_pods_run_on_the_workers_and_resolve_names(kind_cluster):
    kind_cluster.kubectl("create", "deployment", "web", "--image=nginx:1.29", "--replicas=2")
    kind_cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    kind_cluster.kubectl("expose", "deployment", "web", "--port=80")
    # Until kube-proxy knows a new Service, its address leads out of the cluster, where a network's proxy may answer.
    curl = ("curl", "-sS", "--fail", "--retry", "20", "--retry-all-errors", "--retry-delay", "1", "http://web")
    kind_cluster.kubectl("run", "client", "--image=curlimages/curl:8.17.0", "--restart=Never", "--", *curl)
    kind_cluster.kubectl("wait", "pod/client", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s")
    assert "nginx" in kind_cluster.kubectl("logs", "client").lower()


def test_nodes_are_limited(kind_cluster):
    for name, _ in kind_cluster.sandbox.nodes:
        memory, cpus = (kind_cluster.runtime.exec(name, "sh", "-c", f"cat {files}").text for files in LIMITS)
        assert 1 << 30 <= int(memory) <= 4 << 30
        assert int(cpus.split()[0]) > 0


def test_everything_listens_on_localhost_only(kind_cluster):
    ports = kind_cluster.runtime.check("port", kind_cluster.node("control-plane")).text.splitlines()
    assert ports
    assert all("-> 127.0.0.1:" in line for line in ports)


def test_a_reset_brings_the_objects_back_and_the_system_to_work(kind_cluster):
    before = baseline(kind_cluster)
    for name in ("one", "two", "three"):
        kind_cluster.kubectl("create", "namespace", name)
        kind_cluster.kubectl("create", "deployment", "web", "--image=nginx:1.29", "--replicas=3", "-n", name)
    kind_cluster.kubectl("scale", "deployment/coredns", "-n", "kube-system", "--replicas=0")
    kind_cluster.kubectl("delete", "configmap/coredns", "-n", "kube-system")
    kind_cluster.kubectl("delete", "daemonset/kube-proxy", "-n", "kube-system")
    kind_cluster.kubectl("taint", "node", kind_cluster.node("worker"), "a=b:NoExecute")
    kind_cluster.kubectl("cordon", kind_cluster.node("worker2"))
    kind_cluster.kubectl("delete", "clusterrolebinding", "kubeadm:cluster-admins")
    kind_cluster.reset()
    assert settled_difference(kind_cluster, before) == {}
    nodes = json.loads(kind_cluster.kubectl("get", "nodes", "-o", "json"))["items"]
    assert not any("unschedulable" in node["spec"] for node in nodes)
    taints = [taint["key"] for node in nodes for taint in node["spec"].get("taints", ())]
    assert taints == ["node-role.kubernetes.io/control-plane"]
    test_pods_run_on_the_workers_and_resolve_names(kind_cluster)


def test_a_warm_reset_is_quick(kind_cluster):
    times = []
    for _ in range(3):
        kind_cluster.kubectl("create", "deployment", "web", "--image=nginx:1.29", "--replicas=4")
        kind_cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
        began = time.monotonic()
        kind_cluster.reset()
        times.append(time.monotonic() - began)
    print("resets", [f"{each:.2f}" for each in times])
    assert sorted(times)[1] <= 2.5


def test_the_candidates_files_are_new_after_a_reset(kind_cluster):
    (kind_cluster.sandbox.work / "notes.txt").write_text("mine")
    kind_cluster.kubectl("config", "set-context", "--current", "--namespace=elsewhere")
    kind_cluster.reset()
    assert list(kind_cluster.sandbox.work.iterdir()) == []
    assert "elsewhere" not in kind_cluster.sandbox.candidate_kubeconfig.read_text()


def test_stopped_nodes_come_back_with_the_work_in_them(kind_cluster):
    kind_cluster.kubectl("create", "configmap", "kept")
    kind_cluster.kubectl("create", "deployment", "kept", "--image=nginx:1.29", "--replicas=4")
    kind_cluster.kubectl("rollout", "status", "deployment/kept", "--timeout=60s")
    go_down_and_up(kind_cluster)
    kind_cluster.kubectl("get", "configmap", "kept")
    pods = kind_cluster.kubectl("get", "pods", "-l=app=kept", "-o=name").split()
    assert len(pods) == 4
    for pod in pods:  # at once, with no more waiting
        assert kind_cluster.kubectl("exec", pod, "--", "hostname").strip() == pod.removeprefix("pod/")


def test_what_does_not_come_back_is_said_and_left(kind_cluster, monkeypatch):
    kind_cluster.enter("worker2", "systemctl", "disable", "kubelet")
    monkeypatch.setattr("setup.providers.kind.reviving.WITHIN", 30.0)
    said = go_down_and_up(kind_cluster)
    assert any("worker2 has not reported" in line for line in said), said
    kind_cluster.enter("worker2", "systemctl", "enable", "--now", "kubelet")
    kind_cluster.kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s")


def go_down_and_up(kind_cluster) -> list[str]:
    """Stop all nodes as Docker does at its own end and bring the sandbox up again; what was said."""
    said: list[str] = []
    kind_cluster.runtime.check("stop", *(name for name, _ in kind_cluster.sandbox.nodes))
    assert not kind_cluster.provider.alive(kind_cluster.sandbox)
    kind_cluster.provider.up(kind_cluster.sandbox.name, kind_cluster.sandbox.shape, said.append)
    return said


def test_a_worn_sandbox_gets_the_spare_and_the_old_cluster_goes(kind_cluster):
    provider, old = kind_cluster.provider, kind_cluster.sandbox.nodes
    assert provider.spare(kind_cluster.sandbox.shape, force=True)
    kind_cluster.enter("worker", "touch", "/etc/kubernetes/manifests/left-by-candidate")
    until(lambda: (provider.state / "clusters").glob("*/spare") and spare_is_ready(provider), 180)
    kind_cluster.sandbox.worn.touch()
    began = time.monotonic()
    kind_cluster.reset()
    print(f"reset with a spare: {time.monotonic() - began:.2f} s")
    assert kind_cluster.sandbox.nodes != old
    kind_cluster.kubectl("get", "nodes")
    until(lambda: not kind_cluster.runtime.present([name for name, _ in old]), 60)


def spare_is_ready(provider) -> bool:
    from setup.providers.kind import leftovers

    return any(True for _ in leftovers.spares(provider.state))


def test_a_node_that_is_broken_beyond_the_api_costs_its_cluster(kind_cluster):
    kind_cluster.enter("worker2", "systemctl", "stop", "kubelet")
    old = kind_cluster.sandbox.nodes
    kind_cluster.reset()
    assert kind_cluster.provider.alive(kind_cluster.sandbox)
    ready = kind_cluster.kubectl("get", "nodes", "--no-headers")
    assert "NotReady" not in ready
    assert kind_cluster.sandbox.nodes == old or not kind_cluster.runtime.present([name for name, _ in old])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_creation_that_is_killed_leaves_nothing(kind_provider, kind_runtime, number):
    words = [sys.executable, "-c", SCRIPT, str(kind_provider.state), str(kind_provider.cache)]
    maker = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": "."})
    prefix = f"labs-{tag(kind_provider.state)}-one-node-"
    until(lambda: any(name.startswith(prefix) for name in kind_runtime.containers().values()), 60)
    maker.send_signal(number)
    maker.wait()
    until(lambda: not any(name.startswith(prefix) for name in kind_runtime.containers().values()), 60)
    until(lambda: not list((kind_provider.state / "clusters").glob("*-one-node-*")), 60)
    assert not (kind_provider.state / "sandboxes" / "three-node-9" / "sandbox.json").exists()


def until(done, within: float) -> None:
    limit = time.monotonic() + within
    while not done():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.1)
