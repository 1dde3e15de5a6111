"""Connections are tried from probe pods until the network rests; a refusal counts only with its controls."""

import socket
import subprocess
import threading
import time

import pytest

from grader import probes, traffic
from grader.dialling import Spot
from grader.errors import Broken, Miss, Refused
from grader.k8s import K8s, delay
from grader.node import Node, Ran
from grader.probes import Place

OWN = "127.0.0.1"
CANARY = (probes.PORT, traffic.OPEN_PORT)


class Network:
    """Pods with addresses in the fake cluster, and who may reach whom."""

    def __init__(self, api) -> None:
        self.api = api
        self.addresses = 0
        self.enforced = True
        self.mute = False
        self.listening = True
        self.rule = lambda client, address, port: True
        self.asked: list[tuple[dict, str, int]] = []
        self.made: list[dict] = []
        api.schedule, api.execution = self.run, self.execute

    def run(self, pod) -> None:
        self.addresses += 1
        pod["spec"].setdefault("nodeName", "worker")
        pod["status"] = {
            "phase": "Running",
            "podIP": f"10.9.0.{self.addresses}",
            "containerStatuses": [{"state": {"running": {}}}],
        }
        self.made.append(pod)

    def execute(self, pod, command) -> Ran:
        if self.mute:
            return Ran(127, "", "sh: nc: not found")
        hundredths, *words = command[4:]
        end = time.monotonic() + int(hundredths) / 100
        targets = zip(words[::3], words[1::3], words[2::3], strict=True)
        lines = [f"{number} {self.tried(pod, *target, end)}" for number, target in enumerate(targets)]
        return Ran(0, "\n".join(lines), "")

    def tried(self, pod, address, port, wanted, end) -> str:
        while True:
            found = "open" if self.allowed(pod, address, port) else "closed"
            if wanted in ("any", found) or time.monotonic() >= end:
                return found
            time.sleep(0.02)

    def allowed(self, client, address, port) -> bool:
        self.asked.append((client, address, int(port)))
        if address == OWN:
            return True
        labels = next((pod["metadata"]["labels"] for pod in self.made if pod["status"]["podIP"] == address), {})
        if traffic.GUARDED in labels and int(port) != traffic.OPEN_PORT:
            return not self.enforced
        return self.rule(client["metadata"], address, int(port))


def between_canaries(network) -> set[tuple[str, str]]:
    """From which node a canary on which node was tried."""
    canaries = {
        pod["status"]["podIP"]: pod["spec"]["nodeName"]
        for pod in network.made
        if traffic.GUARDED in pod["metadata"]["labels"]
    }
    asked = ((client["spec"].get("nodeName"), canaries.get(address)) for client, address, _ in network.asked)
    return {(client, canary) for client, canary in asked if canary}


@pytest.fixture
def network(api) -> Network:
    status = {"phase": "Running", "podIP": "10.1.1.1"}
    labels = {"labels": {"app": "charts"}}
    api.add("pods", "charts-1", "records", metadata=labels, spec={"nodeName": "worker"}, status=status)
    return Network(api)


@pytest.fixture
def k8s(api, network, tmp_path) -> K8s:
    made = K8s(api, vars={}, work=tmp_path)

    class Host:
        def run(self, command):
            return Ran2("0\n1\n2\n3\n" if network.listening else "")

    made._nodes["worker"] = Node("worker", Host)
    return made


class Ran2:
    def __init__(self, stdout) -> None:
        self.rc, self.stdout, self.stderr = 0, stdout, ""


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(traffic, "REST_SECONDS", 0.15)
    monkeypatch.setattr(traffic, "PAUSE_SECONDS", 0.02)
    monkeypatch.setattr(probes, "START_SECONDS", 0.1)
    monkeypatch.setattr(probes, "_POLL", 0.01)


def only_doctors(client, address, port):
    return port == 8080 and client["labels"].get("role") == "doctor" and client["namespace"] == "ward"


def test_a_probe_stands_in_the_clients_place(api, network, k8s):
    k8s.reaches("ward/role=doctor,shift=late", "records/app=charts", 8080)
    (pod,) = network.made
    assert pod["metadata"]["namespace"] == "ward"
    assert pod["metadata"]["labels"] == {"role": "doctor", "shift": "late", "labs.canary": "true"}
    assert pod["spec"]["readinessGates"] == [{"conditionType": "labs.canary/never"}]
    assert pod["spec"]["terminationGracePeriodSeconds"] == 0


def test_a_live_pod_is_stood_for_without_its_template_hash():
    pod = {"metadata": {"namespace": "ward", "labels": {"role": "doctor", "pod-template-hash": "5f"}}, "spec": {}}
    assert Place.of(pod) == Place("ward", (("role", "doctor"),))


def test_one_probe_serves_all_checks_and_close_removes_it(api, network, k8s):
    k8s.reaches("ward/role=doctor", "records/app=charts", [8080, 9090])
    k8s.reaches("ward/role=doctor", "records/app=charts", 8080)
    assert len(network.made) == 1
    k8s.close()
    assert [name for _, _, name in api.objects] == ["charts-1"]


def test_who_does_not_reach_is_named(network, k8s):
    network.rule = only_doctors
    with pytest.raises(Miss, match=r"a pod with role=visitor in ward does not reach Pod records/charts-1 at port 8080"):
        k8s.reaches(["ward/role=doctor", "ward/role=visitor"], "records/app=charts", 8080)


def test_a_connection_that_comes_to_work_is_waited_for(network, k8s):
    tries = iter([False, False, True])
    network.rule = lambda client, address, port: next(tries)
    k8s.reaches("ward", "records/app=charts", 8080)


def test_a_refusal_with_all_its_controls(network, k8s, api):
    network.rule = lambda client, address, port: port in CANARY or only_doctors(client, address, port)
    k8s.refused(["ward/role=visitor", "cafe/role=doctor"], "records/app=charts", [8080, 9090])
    k8s.close()
    assert [name for _, _, name in api.objects] == ["charts-1"]  # the canary's policy is gone too


def test_a_connection_that_should_be_refused_is_named(network, k8s):
    with pytest.raises(Miss, match=r"a pod with role=doctor in cafe reaches Pod records/charts-1 at port 8080"):
        k8s.refused("cafe/role=doctor", "records/app=charts", 8080)


def test_without_enforcement_nothing_is_shown(network, k8s):
    network.rule = lambda client, address, port: port in CANARY
    network.enforced = False
    with pytest.raises(Broken, match="NetworkPolicies are not enforced on worker"):
        k8s.refused("cafe", "records/app=charts", 8080)


def test_without_traffic_between_pods_nothing_is_shown(network, k8s):
    network.rule = lambda client, address, port: False
    with pytest.raises(Broken, match="Pods do not reach one another on worker"):
        k8s.refused("cafe", "records/app=charts", 8080)


def test_the_canary_is_tried_across_the_network_where_there_is_another_node(api, network, k8s):
    network.rule = lambda client, address, port: port in CANARY
    taints = [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]
    api.add("nodes", "control-plane", spec={"taints": taints})
    api.add("nodes", "cordoned", spec={"unschedulable": True})
    for name in ("worker", "worker2"):
        api.add("nodes", name, spec={})
    k8s.refused("cafe", "records/app=charts", 8080)
    assert between_canaries(network) == {("worker2", "worker")}


def test_each_node_has_a_canary_that_is_tried_from_another(api, network, k8s):
    network.rule = lambda client, address, port: port in CANARY
    status = {"phase": "Running", "podIP": "10.1.1.2"}
    api.add(
        "pods",
        "charts-2",
        "records",
        metadata={"labels": {"app": "charts"}},
        spec={"nodeName": "worker2"},
        status=status,
    )
    k8s._nodes["worker2"] = k8s._nodes["worker"]
    for name in ("worker", "worker2"):
        api.add("nodes", name, spec={})
    k8s.refused("cafe", "records/app=charts", 8080)
    assert between_canaries(network) == {("worker", "worker2"), ("worker2", "worker")}
    assert len([pod for pod in network.made if traffic.GUARDED in pod["metadata"]["labels"]]) == 2


def test_on_a_single_node_the_canary_stays_there(api, network, k8s):
    network.rule = lambda client, address, port: port in CANARY
    api.add("nodes", "worker", spec={})
    k8s.refused("cafe", "records/app=charts", 8080)
    assert {pod["spec"]["nodeName"] for pod in network.made} == {"worker"}
    assert between_canaries(network) == {("worker", "worker")}
    clients = [client["metadata"]["labels"] for client, _, port in network.asked if port == traffic.OPEN_PORT]
    assert clients
    assert all(dict([traffic.OTHER]).items() <= labels.items() for labels in clients)


def test_one_look_at_a_slow_network_is_not_the_last(api, network, k8s, monkeypatch):
    """Where probe pods are slow to come up, the network may be slow as well."""
    monkeypatch.setattr(traffic, "REST_SECONDS", 0.05)
    monkeypatch.setattr(traffic, "SLOWEST", 100.0)
    monkeypatch.setattr(traffic, "USUAL_START", 0.001)
    until = time.monotonic() + 0.2
    network.rule = lambda client, address, port: time.monotonic() > until
    k8s.reaches("ward", "records/app=charts", 8080)


def test_a_target_that_nobody_reaches_shows_nothing(network, k8s):
    network.rule = lambda client, address, port: port in CANARY
    network.listening = False
    with pytest.raises(Broken, match="not even reached from its own node"):
        k8s.refused("cafe", "records/app=charts", 8080)


def test_a_node_knocks_at_all_its_pods_at_once(api, tmp_path):
    class Here:
        def run(self, command):
            return Ran2(subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False).stdout)

    made = traffic.Traffic(api, lambda name: Node(name, Here))
    with socket.create_server((OWN, 0)) as listening, socket.create_server((OWN, 0)) as other:
        heard, ended = (Spot("a pod", OWN, each.getsockname()[1], "worker") for each in (listening, other))
        other.close()
        assert made._unreached([ended, heard], None) == [ended]


def test_a_prepared_probe_is_the_one_that_is_used_and_is_removed_where_none_uses_it(api, network, k8s):
    k8s.prepare("ward/role=doctor", "ward/role=visitor")
    assert [pod["metadata"]["labels"]["role"] for pod in network.made] == ["doctor", "visitor"]
    k8s.reaches("ward/role=doctor", "records/app=charts", 8080)
    assert len(network.made) == 2
    k8s.close()
    assert [name for _, _, name in api.objects] == ["charts-1"]


def test_what_keeps_a_prepared_probe_out_is_said_to_who_uses_it(api, network, k8s):
    def admit(manifest, subject):
        raise Refused(403, "Forbidden", "exceeded quota")

    api.admit = admit
    k8s.prepare("ward/role=doctor")
    with pytest.raises(Miss, match="exceeded quota"):
        k8s.reaches("ward/role=doctor", "records/app=charts", 8080)


def test_decoys_are_targets_of_the_graders_own(network, k8s):
    decoys = k8s.decoys(["kube-system/app=other", "books/k8s-app=dns"], 53)
    assert [pod["metadata"]["namespace"] for pod in decoys] == ["kube-system", "books"]
    assert all("for port in 8099 53;" in pod["spec"]["containers"][0]["command"][2] for pod in network.made)
    network.rule = lambda client, address, port: port in CANARY
    k8s.refused("ward/role=doctor", decoys, 53)
    network.rule = lambda client, address, port: True
    with pytest.raises(Miss, match="reaches a pod with app=other in kube-system at port 53, which should be refused"):
        k8s.refused("ward/role=doctor", decoys, 53)


def test_a_control_client_instead_of_the_node(network, k8s):
    network.rule = lambda client, address, port: port in CANARY or only_doctors(client, address, port)
    k8s.refused("cafe", "charts.records.svc", 8080, control="ward/role=doctor")
    with pytest.raises(Broken, match="not even reached from ward/role=visitor"):
        k8s.refused("cafe", "charts.records.svc", 8080, control="ward/role=visitor")
    with pytest.raises(ValueError, match="name a control="):
        k8s.refused("cafe", "charts.records.svc", 8080)


def test_a_probe_that_cannot_connect_at_all_is_broken(network, k8s):
    network.mute = True
    for ask in (k8s.reaches, k8s.refused):
        with pytest.raises(Broken, match="cannot open connections: sh: nc: not found"):
            ask("ward", "records/app=charts", 8080)


def test_a_target_without_pods_is_a_miss(network, k8s):
    with pytest.raises(Miss, match="no Pod with app=xray runs in namespace records"):
        k8s.refused("ward", "records/app=xray", 8080)


def test_a_refused_probe_pod_is_a_miss_in_the_tasks_namespace_only(api, network, k8s):
    def admit(manifest, subject):
        raise Refused(403, "Forbidden", "exceeded quota")

    api.admit = admit
    with pytest.raises(Miss, match="exceeded quota"):
        k8s.reaches("ward", "records/app=charts", 8080)
    with pytest.raises(Broken, match="exceeded quota"):
        k8s.reaches("kube-node-lease", "records/app=charts", 8080)


def test_a_probe_pod_that_does_not_start_is_broken(api, k8s):
    waiting = [{"state": {"waiting": {"reason": "ErrImageNeverPull"}}}]
    api.schedule = lambda pod: pod.update(status={"containerStatuses": waiting})
    with pytest.raises(Broken, match="does not run: ErrImageNeverPull"):
        k8s.reaches("ward", "records/app=charts", 8080)


def starting(reason, seconds):
    """A pod that its kubelet took notice of, which is said to be in this state for so long."""

    def schedule(pod):
        status = {"startTime": "2026-01-01T00:00:00Z", "podIP": "10.9.0.1"}
        pod.update(status={**status, "containerStatuses": [{"state": {"waiting": {"reason": reason}}}]})
        threading.Timer(seconds, lambda: pod["status"].update(containerStatuses=[{"state": {"running": {}}}])).start()

    return schedule


def test_a_probe_pod_that_is_slow_to_start_is_waited_for_and_counts_while_it_starts(api, network, k8s, monkeypatch):
    monkeypatch.setattr(probes, "SLOW_START_SECONDS", 10.0)
    api.schedule = starting("ContainerCreating", 0.4)
    waited = threading.Thread(target=lambda: k8s.reaches("ward", "records/app=charts", 8080))
    waited.start()
    time.sleep(0.2)
    assert 0.1 < delay(k8s) < 0.3
    waited.join()
    assert network.asked
    assert delay(k8s) >= 0.4


def test_a_probe_pod_that_its_kubelet_cannot_start_is_not_waited_for(api, k8s, monkeypatch):
    monkeypatch.setattr(probes, "SLOW_START_SECONDS", 10.0)
    api.schedule = starting("CreateContainerError", 0.4)
    with pytest.raises(Broken, match="does not run: CreateContainerError"):
        k8s.reaches("ward", "records/app=charts", 8080)


def test_leftovers_of_a_killed_grade_are_swept(api, network, k8s):
    old = {"labels": {"labs.canary": "true"}, "creationTimestamp": "2026-01-01T00:00:00Z"}
    api.add("pods", "labs-probe-old", "ward", metadata=old)
    api.add("networkpolicies", "labs-canary-old", "kube-node-lease", metadata=old)
    api.add("pods", "of-another-grade", "ward", metadata={"labels": {"labs.canary": "true"}})
    k8s.reaches("ward", "records/app=charts", 8080)
    k8s.close()
    assert [name for _, _, name in api.objects] == ["charts-1", "of-another-grade"]


def heard(*answers):
    """A client whose requests are answered in turn, over and over."""
    count = iter(range(10_000))

    def execution(pod, command):
        return Ran(0, "\n".join(answers[next(count) % len(answers)] for _ in range(int(command[4]))), "")

    return execution


def test_every_backend_is_heard(api, network, k8s):
    api.execution = heard("fish-a", "fish-b")
    k8s.hears("market", "http://fish/hostname", ["fish-a", "fish-b"])
    with pytest.raises(Miss, match="never heard fish-c"):
        k8s.hears("market", "http://fish/hostname", ["fish-a", "fish-b", "fish-c"])


@pytest.mark.parametrize(("answers", "why"), [(("fish-a", "bread-a"), "got: bread-a"), (("",), "got: no answer")])
def test_a_stranger_or_silence_is_a_miss(api, network, k8s, answers, why):
    api.execution = heard(*answers)
    with pytest.raises(Miss, match=why):
        k8s.hears("market", "http://fish/hostname", ["fish-a"])


def test_a_log_or_none(api, k8s):
    api.logs["usher"] = "1 a\n"
    assert k8s.log("usher", "theatre", "usher") == "1 a\n"
    with pytest.raises(Miss, match="has no log"):
        k8s.log("nobody", "theatre", "usher")


def test_a_node_that_cannot_be_entered_is_broken(k8s):
    assert k8s.node("worker").name == "worker"
    with pytest.raises(Broken, match="'other' cannot be entered"):
        k8s.node("other")
