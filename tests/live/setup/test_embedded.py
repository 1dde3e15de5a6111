"""A sandbox's life: made once, found again, ended whole, and behaving like a cluster in between."""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from setup.api import Api
from setup.processes import Identity
from setup.providers.embedded.running import identities

pytestmark = pytest.mark.live


def everyone(directory: Path) -> list[Identity]:
    return list(identities(directory).values())


def ended(processes: list[Identity], within: float = 10) -> bool:
    until = time.monotonic() + within
    while any(each.alive() for each in processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_up_twice_keeps_the_same_processes(cluster):
    before = everyone(cluster.sandbox.directory)
    again = cluster.provider.up(cluster.sandbox.name, "three-node", lambda _: None)
    assert (again, everyone(cluster.sandbox.directory)) == (cluster.sandbox, before)


def test_files_are_private(cluster):
    directory = cluster.sandbox.directory
    assert directory.stat().st_mode & 0o777 == 0o700
    secrets = [*directory.glob("*.kubeconfig"), *directory.glob("pki/*")]
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}


def test_it_listens_on_loopback_only(cluster):
    listening = [
        connection.laddr.ip
        for each in everyone(cluster.sandbox.directory)
        for connection in psutil.Process(each.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


def test_identities_are_those_of_kubeadm(cluster):
    assert "kubeadm:cluster-admins" in cluster.kubectl("auth", "whoami", "-o", "yaml")
    grader = ("auth", "whoami", "-o", "yaml", "--kubeconfig", str(cluster.sandbox.grader_kubeconfig))
    assert "system:masters" in cluster.kubectl(*grader)


def test_down_leaves_nothing(second_cluster):
    directory, processes = second_cluster.sandbox.directory, everyone(second_cluster.sandbox.directory)
    assert len(processes) == 6
    second_cluster.provider.down(second_cluster.sandbox.name)
    assert not directory.exists()
    assert ended(processes, within=0)
    second_cluster.provider.down(second_cluster.sandbox.name)  # once more is no mistake


def test_two_sandboxes_do_not_meet(cluster, second_cluster):
    second_cluster.kubectl("create", "namespace", "only-there")
    assert "only-there" not in cluster.kubectl("get", "namespaces")
    stranger = ("--certificate-authority", str(cluster.sandbox.directory / "pki/ca.crt"))
    assert "certificate" in second_cluster.run("get", "pods", *stranger).stderr


def test_a_component_that_dies_is_started_again(second_cluster):
    old = second_cluster.process("kube-scheduler")
    old.send(signal.SIGKILL)
    until = time.monotonic() + 10
    while second_cluster.process("kube-scheduler") == old and time.monotonic() < until:
        time.sleep(0.05)
    assert second_cluster.process("kube-scheduler").alive()
    second_cluster.kubectl("create", "deployment", "web", "--image=nginx")
    second_cluster.kubectl("rollout", "status", "deployment/web", "--timeout=20s")


def test_killed_supervisor_takes_its_children_along_and_the_work_survives(second_cluster):
    second_cluster.kubectl("create", "configmap", "work-done")
    processes = everyone(second_cluster.sandbox.directory)
    second_cluster.process("supervisor").send(signal.SIGKILL)
    assert ended(processes)
    assert not second_cluster.provider.alive(second_cluster.sandbox)
    second_cluster.provider.up(second_cluster.sandbox.name, "three-node", lambda _: None)
    assert "work-done" in second_cluster.kubectl("get", "configmaps")
    second_cluster.kubectl("create", "deployment", "web", "--image=nginx")
    second_cluster.kubectl(
        "rollout", "status", "deployment/web", "--timeout=20s"
    )  # nodes have no old lease to wait for
    second_cluster.reset()
    assert "work-done" not in second_cluster.kubectl("get", "configmaps")


def test_a_revived_sandbox_moves_when_its_port_was_taken(second_cluster):
    port = int((second_cluster.sandbox.directory / "port").read_text())
    processes = everyone(second_cluster.sandbox.directory)
    second_cluster.process("supervisor").send(signal.SIGKILL)
    assert ended(processes)
    with listener(port):
        second_cluster.provider.up(second_cluster.sandbox.name, "three-node", lambda _: None)
        assert int((second_cluster.sandbox.directory / "port").read_text()) != port
        second_cluster.kubectl("get", "nodes")


def listener(port: int) -> socket.socket:
    """Listen on a port that was used a moment ago."""
    until = time.monotonic() + 10
    while True:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


UP = """
import sys
from pathlib import Path
from setup.providers import providers
state, cache = Path(sys.argv[1]), Path(sys.argv[2])
providers(state, cache)["embedded"].up("three-node-9", "three-node", lambda said: print(said, flush=True))
print("up", flush=True)
"""


@pytest.mark.parametrize("after", [0.0, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_maker_that_dies_leaves_nothing(live_providers, number, after):
    provider = live_providers["embedded"]
    state, cache = provider.root.parent, provider.cache
    maker = subprocess.Popen([sys.executable, "-c", UP, str(state), str(cache)], stdout=subprocess.PIPE, text=True)
    assert "starting three-node-9" in maker.stdout.readline()
    time.sleep(after)
    processes = everyone(provider.root / "three-node-9")
    os.kill(maker.pid, number)
    finished = "up" in maker.stdout.read()
    maker.wait()
    maker.stdout.close()
    if not finished:
        assert ended(processes)
    sandbox = provider.up("three-node-9", "three-node", lambda _: None)
    assert provider.alive(sandbox)
    provider.down("three-node-9")
    assert not (provider.root / "three-node-9").exists()


def test_nodes_are_ready_as_kubeadm_registers_them(cluster):
    path = "jsonpath={range .items[*]}{.metadata.name} {.spec.taints}{'\\n'}{end}"
    lines = cluster.kubectl("get", "nodes", "-o", path).splitlines()
    assert [line.split()[0] for line in lines] == ["cka-control-plane", "cka-worker", "cka-worker2"]
    assert ["control-plane" in line for line in lines] == [True, False, False]
    assert cluster.kubectl("get", "nodes").count(" Ready ") == 3


def test_pods_run_jobs_complete_and_deleted_pods_go(cluster):
    cluster.kubectl("create", "job", "once", "--image=busybox")
    cluster.kubectl("run", "web", "--image=nginx")
    cluster.kubectl("wait", "--for=condition=Ready", "pod/web", "--timeout=10s")
    cluster.kubectl("wait", "--for=condition=Complete", "job/once", "--timeout=20s")
    cluster.kubectl("delete", "pod", "web", "--timeout=5s")


def test_drain_and_no_execute_move_pods(cluster):
    cluster.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=4")
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    cluster.kubectl("drain", "cka-worker", "--ignore-daemonsets", "--timeout=20s")
    assert places(cluster) == {"cka-worker2"}
    cluster.kubectl("uncordon", "cka-worker")
    cluster.kubectl("taint", "node", "cka-worker2", "away=now:NoExecute")
    until = time.monotonic() + 10
    while places(cluster) != {"cka-worker"} and time.monotonic() < until:
        time.sleep(0.1)
    assert places(cluster) == {"cka-worker"}


def places(cluster) -> set[str]:
    path = "jsonpath={range .items[?(@.status.phase=='Running')]}{.spec.nodeName} {end}"
    return set(cluster.kubectl("get", "pods", "-l", "app=web", "-o", path).split())


def test_certificates_are_signed_and_tokens_issued(cluster):
    key = subprocess.run(
        ["openssl", "req", "-new", "-newkey", "ec:/dev/stdin", "-nodes", "-subj", "/CN=ana", "-keyout", "/dev/null"],
        input=subprocess.check_output(["openssl", "ecparam", "-name", "prime256v1"]),
        capture_output=True,
        check=True,
    ).stdout
    request = f"""
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {{name: ana}}
spec:
  request: {base64.b64encode(key).decode()}
  signerName: kubernetes.io/kube-apiserver-client
  usages: [client auth]
"""
    cluster.kubectl("create", "-f", "-", input=request)
    cluster.kubectl("certificate", "approve", "ana")
    until = time.monotonic() + 10
    while not cluster.kubectl("get", "csr", "ana", "-o", "jsonpath={.status.certificate}"):
        assert time.monotonic() < until
        time.sleep(0.05)
    token = cluster.kubectl("create", "token", "default").strip()
    review = f"{{apiVersion: authentication.k8s.io/v1, kind: TokenReview, spec: {{token: {token}}}}}"
    assert "system:serviceaccount:default:default" in cluster.kubectl("create", "-o", "yaml", "-f", "-", input=review)


def test_the_usual_objects_are_there(cluster):
    api = Api(cluster.sandbox.grader_kubeconfig)
    kubernetes = api.call("GET", "/api/v1/namespaces/default/services/kubernetes")
    assert kubernetes["spec"]["clusterIP"] == "10.96.0.1"
    classes = api.call("GET", "/apis/storage.k8s.io/v1/storageclasses")["items"]
    default = "storageclass.kubernetes.io/is-default-class"
    assert [(each["metadata"]["name"], each["metadata"]["annotations"][default]) for each in classes] == [
        ("standard", "true")
    ]
    api.close()
