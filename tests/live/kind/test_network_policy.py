"""NetworkPolicy on real nodes: every connection of the table is tried and compared with the documentation."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
import yaml

from tests.live.kind.policy_oracle import Pod, allowed
from tests.live.kind.policy_table import POLICIES

pytestmark = pytest.mark.kind

IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.53"
PORTS = (("TCP", 80), ("TCP", 81), ("TCP", 8080), ("UDP", 80))
MAIN = {"a": 80, "b": 81, "c": 8080}
PATIENCE = 2  # seconds until a connection counts as refused, and until a policy has to be in force
AGENT = ("-n", "kube-system", "daemonset/labs-netpol")

# One line for each target: "ADDRESS PORT PROTOCOL open|closed". All are tried at once, each with a fresh connection;
# those of TCP by one process: 300 in one moment would test the machine. A code of 000 is no connection.
PROBE = f"""
urls=
for t in "$@"; do
  rest=${{t#* }}; at=${{t%% *}}:${{rest% *}}
  case $t in
    *TCP) urls="$urls
url = http://$at/
output = /dev/null" ;;
    *UDP) (/agnhost connect --protocol udp --timeout {PATIENCE}s $at 2>/dev/null \\
             && echo "$t open" || echo "$t closed") & ;;
  esac
done
echo "$urls" | curl -s -Z --parallel-immediate --parallel-max 50 --connect-timeout {PATIENCE} -m {PATIENCE + 3} -K - \\
  -w "%{{url_effective}} %{{http_code}}\\n" \\
  | sed -e "s,^http://,,; s,:, ,; s,/ 000$, TCP closed,; s,/ [0-9]*$, TCP open,"
wait
"""

# How many of $1 tries, or of all in $2 seconds, come through to address $0.
FLOOD = """
n=0; t=0; e=$(($(date +%s) + $2))
while [ $t -lt $1 ] && [ $(date +%s) -lt $e ]; do
  t=$((t + 1)); curl -s -o /dev/null --connect-timeout 0.05 "http://$0/" && n=$((n + 1))
done
echo came $n of $t
"""

Flow = tuple[str, str, int, str]  # source "namespace/pod", target, port, protocol


@dataclass
class Town:
    """Nine pods in three namespaces on three nodes."""

    cluster: object
    pods: dict[str, Pod]
    spaces: dict[str, dict[str, str]]

    def expected(self, policies) -> dict[Flow, bool]:
        return {
            (source, target, port, protocol): allowed(
                policies, self.spaces, self.pods[source], self.pods[target], port, protocol
            )
            for source in self.pods
            for target in self.pods
            for protocol, port in PORTS
            if protocol == "TCP" or target.endswith("/a")
        }

    def found(self, wanted: list[Flow]) -> dict[Flow, bool]:
        """Try all these connections, those of one source from within one exec."""
        sources = {source for source, *_ in wanted}
        with ThreadPoolExecutor(len(sources) or 1) as pool:
            parts = pool.map(lambda source: self._try(source, [flow for flow in wanted if flow[0] == source]), sources)
            return {flow: passed for part in parts for flow, passed in part.items()}

    def _try(self, source: str, flows: list[Flow]) -> dict[Flow, bool]:
        spelled = {
            f"{self.pods[target].address} {port} {protocol}": flow
            for flow in flows
            for _, target, port, protocol in [flow]
        }
        namespace, name = source.split("/")
        said = self.cluster.kubectl("exec", "-n", namespace, name, "--", "sh", "-c", PROBE, "sh", *spelled)
        lines = [line.rsplit(" ", 1) for line in said.splitlines() if line.endswith((" open", " closed"))]
        assert len(lines) == len(flows), said
        return {spelled[words]: state == "open" for words, state in lines}

    def apply(self, policies) -> list[dict]:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": policies})
        for name, pod in self.pods.items():
            text = text.replace(f"ADDRESS_OF_{name}", f"{pod.address}/32")
        filled = json.loads(text)["items"]
        for space in self.spaces:
            self.cluster.kubectl("delete", "networkpolicy", "-n", space, "--all")
        if filled:
            self.cluster.kubectl("apply", "-f", "-", input=text)
        return filled

    def judge(self, policies) -> None:
        """Compare all connections with the oracle, two seconds after the policies were made.

        What must be refused has to be refused at once. What must come about may be tried a second time: on a busy
        machine a connection can be late.
        """
        expected = self.expected(policies)
        found = self.found(list(expected))
        leaks = [flow for flow, passed in found.items() if passed and not expected[flow]]
        assert leaks == []
        late = [flow for flow, passed in found.items() if expected[flow] and not passed]
        assert [flow for flow, passed in self.found(late).items() if not passed] == []


def manifest(namespace: str, name: str, node: str) -> dict:
    serves = [{"name": f"SERVE_{protocol}_PORT_{port}", "value": name} for protocol, port in PORTS]
    labels = {"pod": name} | ({"tier": "front"} if name in "ab" else {})
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name, "labels": labels},
        "spec": {
            "nodeName": node,
            "terminationGracePeriodSeconds": 0,
            "tolerations": [{"operator": "Exists"}],
            "containers": [
                {
                    "name": "porter",
                    "image": IMAGE,
                    "args": ["porter"],
                    "env": serves,
                    "ports": [{"name": "main", "containerPort": MAIN[name]}],
                }
            ],
        },
    }


@pytest.fixture(scope="module")
def town(shared_kind_cluster) -> Iterator[Town]:
    cluster = shared_kind_cluster
    cluster.reset()
    spaces = {space: {"ns": space, "kubernetes.io/metadata.name": space} for space in "xyz"}
    nodes = [name for name, _ in cluster.sandbox.nodes]
    items: list[dict] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space, "labels": {"ns": space}}}
        for space in spaces
    ]
    # Shifted from namespace to namespace, so that every kind of pair is met on one node and across two.
    items += [
        manifest(space, name, nodes[(row + column + row * column) % len(nodes)])
        for row, space in enumerate(spaces)
        for column, name in enumerate("abc")
    ]
    cluster.kubectl("apply", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    pods = {}
    for space in spaces:
        cluster.kubectl("wait", "-n", space, "pod", "--all", "--for=condition=Ready", "--timeout=90s")
        for each in json.loads(cluster.kubectl("get", "pods", "-n", space, "-o", "json"))["items"]:
            name, labels = each["metadata"]["name"], each["metadata"]["labels"]
            pods[f"{space}/{name}"] = Pod(space, name, each["status"]["podIP"], labels, {("main", "TCP"): MAIN[name]})
    assert len(pods) == 9
    yield Town(cluster, pods, spaces)
    cluster.reset()


@pytest.fixture
def open_town(town) -> Iterator[Town]:
    """The town without policies before and after the test."""
    town.apply([])
    yield town
    town.apply([])


@pytest.mark.parametrize("sentence", POLICIES)
def test_every_connection_is_as_documented(open_town, sentence):
    policies = open_town.apply(POLICIES[sentence])
    time.sleep(PATIENCE)
    open_town.judge(policies)


def test_rules_follow_labels_of_pods_and_namespaces(open_town):
    policies = open_town.apply(POLICIES["these pods of that namespace"])
    pods, spaces = dict(open_town.pods), dict(open_town.spaces)
    try:
        open_town.cluster.kubectl("label", "-n", "y", "pod", "b", "pod=a", "--overwrite")
        open_town.cluster.kubectl("label", "namespace", "z", "ns=y", "--overwrite")
        open_town.pods["y/b"] = replace(pods["y/b"], labels={**pods["y/b"].labels, "pod": "a"})
        open_town.spaces["z"] = {**spaces["z"], "ns": "y"}
        time.sleep(PATIENCE)
        open_town.judge(policies)
    finally:
        open_town.cluster.kubectl("label", "-n", "y", "pod", "b", "pod=b", "--overwrite")
        open_town.cluster.kubectl("label", "namespace", "z", "ns=z", "--overwrite")
        open_town.pods.update(pods)
        open_town.spaces.update(spaces)


def test_a_new_pod_is_isolated_from_its_first_instant(open_town):
    cluster = open_town.cluster
    target = open_town.pods["y/a"].address

    def run(name: str, node: str) -> str:
        pod = manifest("x", "c", node)
        pod["metadata"]["name"] = name
        pod["spec"]["restartPolicy"] = "Never"
        pod["spec"]["containers"][0] |= {"command": ["sh", "-c", FLOOD, target, "100", "30"], "args": []}
        cluster.kubectl("apply", "-f", "-", input=json.dumps(pod))
        cluster.kubectl("wait", "-n", "x", f"pod/{name}", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s")
        return cluster.kubectl("logs", "-n", "x", name)

    try:
        assert run("free", cluster.node("worker")) == "came 100 of 100\n"
        open_town.apply(POLICIES["deny outwards"])
        time.sleep(PATIENCE)
        for role in ("worker", "worker2"):
            assert run(f"shut-{role}", cluster.node(role)) == "came 0 of 100\n"
    finally:
        cluster.kubectl("delete", "pod", "-n", "x", "--ignore-not-found", "free", "shut-worker", "shut-worker2")


def test_denial_has_no_gap_while_the_agent_is_away_and_comes_back(open_town):
    cluster, target = open_town.cluster, open_town.pods["x/a"].address
    open_town.apply(POLICIES["deny inwards"])
    time.sleep(PATIENCE)
    script = ("sh", "-c", FLOOD, target, "100000", "15")
    with ThreadPoolExecutor(2) as pool:
        floods = [pool.submit(cluster.kubectl, "exec", "-n", "y", each, "--", *script) for each in "ab"]
        time.sleep(1)
        cluster.kubectl("rollout", "restart", *AGENT)
        cluster.kubectl("rollout", "status", *AGENT, "--timeout=60s")
        for flood in floods:
            _, came, _, tried = flood.result().split()
            assert (came, int(tried) > 50) == ("0", True)
    open_town.judge(open_town.apply(POLICIES["deny inwards"]))


def test_nodes_reach_their_own_pods_and_pods_of_the_host_network_are_exempt(open_town):
    cluster = open_town.cluster
    open_town.apply(POLICIES["all three namespaces shut"])
    time.sleep(PATIENCE)
    where = {
        f"{each['metadata']['namespace']}/{each['metadata']['name']}": each["spec"]["nodeName"]
        for each in json.loads(cluster.kubectl("get", "pods", "-A", "-l", "pod", "-o", "json"))["items"]
    }
    for role in ("control-plane", "worker", "worker2"):
        node = cluster.node(role)
        for name, at in where.items():
            address = open_town.pods[name].address
            script = f"curl -s -o /dev/null --connect-timeout 1 http://{address}/ && echo open || echo closed"
            assert cluster.enter(role, "sh", "-c", script) == ("open" if at == node else "closed"), (role, name)

    host = manifest("x", "c", cluster.node("worker"))
    host["metadata"]["name"] = "host"
    host["spec"] |= {"hostNetwork": True}
    host["spec"]["containers"][0] |= {"command": ["sleep", "600"], "args": [], "ports": []}
    try:
        cluster.kubectl("apply", "-f", "-", input=json.dumps(host))
        cluster.kubectl("wait", "-n", "x", "pod/host", "--for=condition=Ready", "--timeout=60s")
        own = next(name for name, at in where.items() if at == cluster.node("worker"))
        address = f"http://{open_town.pods[own].address}/"
        cluster.kubectl("exec", "-n", "x", "host", "--", "curl", "-s", "-o", "/dev/null", "-m", "2", address)
    finally:
        cluster.kubectl("delete", "pod", "-n", "x", "--ignore-not-found", "host")


def test_a_service_is_judged_by_the_pods_port_and_the_source_stays(open_town):
    cluster = open_town.cluster
    text = yaml.safe_load("""
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: y}
        spec: {selector: {pod: a}, ports: [{port: 9000, targetPort: 81}]}
    """)
    cluster.kubectl("apply", "-f", "-", input=json.dumps(text))
    address = cluster.kubectl("get", "service", "web", "-n", "y", "-o", "jsonpath={.spec.clusterIP}")

    def reaches(source: str) -> bool:
        namespace, name = source.split("/")
        words = ("curl", "-s", "-o", "/dev/null", "--connect-timeout", str(PATIENCE), f"http://{address}:9000/")
        return cluster.kubectl("exec", "-n", namespace, name, "--", *words, code=None).strip() == ""

    until = time.monotonic() + 20
    while not reaches("x/b"):  # until kube-proxy knows the Service
        assert time.monotonic() < until, "the Service does not answer"
    for port, wanted in ((81, True), (9000, False)):
        open_town.apply([policy("x", f"""
            podSelector: {{}}
            policyTypes: [Egress]
            egress: [{{to: [{{namespaceSelector: {{matchLabels: {{ns: y}}}}}}], ports: [{{port: {port}}}]}}]
        """)])  # fmt: skip
        time.sleep(PATIENCE)
        assert reaches("x/b") is wanted, port
    open_town.apply([policy("y", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: ADDRESS_OF_x/b}}]}]}")])
    time.sleep(PATIENCE)
    assert [reaches(source) for source in ("x/b", "x/c", "z/a")] == [True, False, False]


def policy(namespace: str, spec: str) -> dict:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"namespace": namespace, "name": "p"},
        "spec": yaml.safe_load(spec),
    }
