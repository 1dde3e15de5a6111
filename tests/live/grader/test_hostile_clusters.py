"""Grades of a hostile or broken cluster are right, and end in time."""

import contextlib
import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader import K8s
from grader.api import ApiServer
from grader.checks import Check
from grader.judging import judge
from grader.outcomes import Grade, Outcome

pytestmark = pytest.mark.live

PASSED, FAILED, SKIPPED, BROKEN = Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED, Outcome.BROKEN
DEFAULT = "{kind: Namespace, metadata: {name: default}}"
POD = "{kind: Pod, metadata: {name: x}, spec: {containers: [{name: a, image: b}]}}"


@pytest.fixture
def k8s(cluster) -> K8s:
    return K8s.connect(cluster.sandbox.grader_kubeconfig, vars={}, work=cluster.sandbox.work)


@pytest.fixture
def api(cluster) -> ApiServer:
    return ApiServer.connect(cluster.sandbox.grader_kubeconfig)


def checks(**functions: Callable[[K8s], object]) -> list[Check]:
    return [Check(name, name, 1, (), None, function) for name, function in functions.items()]


def outcomes(grade: Grade) -> dict[str, Outcome]:
    return {verdict.name: verdict.outcome for verdict in grade.verdicts}


def whys(grade: Grade) -> str:
    return "\n".join(verdict.why for verdict in grade.verdicts)


def test_the_api_server_stops_in_mid_grade(cluster, k8s: K8s):
    def stop(k8s: K8s) -> None:
        k8s.expect(DEFAULT)
        cluster.stop_apiserver()
        k8s.expect(DEFAULT)

    first = Check("first", "First.", 1, (), None, lambda k8s: k8s.expect(DEFAULT))
    second = Check("second", "Second.", 1, ("first",), None, stop)
    third = Check("third", "Third.", 1, ("second",), None, lambda k8s: k8s.denied("jane", "get", "pods"))
    began = time.monotonic()
    grade = judge("lab", [first, second, third], k8s)
    assert time.monotonic() - began < 12
    assert outcomes(grade) == {"first": PASSED, "second": BROKEN, "third": BROKEN}
    assert (grade.points, grade.trustworthy) == (1, False)
    cluster.cont_apiserver()
    assert judge("lab", [first, third], k8s).trustworthy


def test_every_cluster_role_is_gone(cluster, k8s: K8s, api: ApiServer):
    cluster.kubectl("create", "serviceaccount", "app")
    cluster.kubectl("create", "rolebinding", "app", "--clusterrole=view", "--serviceaccount=default:app")
    cluster.kubectl("create", "role", "own", "--verb=get", "--resource=configmaps")
    cluster.kubectl("create", "rolebinding", "own", "--role=own", "--serviceaccount=default:app")
    app = "system:serviceaccount:default:app"
    k8s.allowed(app, "list", "pods", namespace="default")
    api._wire.send("DELETE", "/apis/rbac.authorization.k8s.io/v1/clusterroles", {}, None)
    time.sleep(0.5)
    grade = judge(
        "lab",
        checks(
            reads=lambda k8s: k8s.expect(DEFAULT),
            lost=lambda k8s: k8s.allowed(app, "list", "pods", namespace="default"),
            kept=lambda k8s: k8s.allowed(app, "get", "configmaps", namespace="default"),
            denied=lambda k8s: k8s.denied(app, "list", "pods", namespace="default"),
            logs_in=lambda k8s: k8s.can_login(cluster.sandbox.candidate_kubeconfig, user="kubernetes-admin"),
            accepts=lambda k8s: k8s.accepts(POD),
            places=lambda k8s: k8s.schedules({}),
        ),
        k8s,
    )
    found = outcomes(grade)
    assert found.pop("places") in (PASSED, BROKEN)  # the scheduler may have lost its own rights: then nothing is known
    assert found == {
        "reads": PASSED,
        "lost": FAILED,
        "kept": PASSED,
        "denied": PASSED,
        "logs_in": PASSED,
        "accepts": PASSED,
    }


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


def webhook(port: int, resources: str) -> str:
    return json.dumps(
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": "hangs"},
            "webhooks": [
                {
                    "name": "hangs.example.org",
                    "clientConfig": {"url": f"https://127.0.0.1:{port}/"},
                    "rules": [
                        {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": [resources]}
                    ],
                    "failurePolicy": "Fail",
                    "timeoutSeconds": 30,
                    "sideEffects": "None",
                    "admissionReviewVersions": ["v1"],
                }
            ],
        }
    )


@pytest.mark.parametrize("resources", ["pods", "*"])
def test_a_webhook_hangs(cluster, k8s: K8s, resources):
    with silent_server() as port:
        cluster.kubectl("apply", "-f", "-", input=webhook(port, resources))
        time.sleep(1)  # until the API server's webhook informer has heard of it
        grade = judge(  # inside: the port must stay open
            "lab",
            checks(
                reads=lambda k8s: k8s.expect(DEFAULT),
                rights=lambda k8s: k8s.denied("jane", "get", "pods"),
                accepts=lambda k8s: k8s.accepts(POD),
                refuses=lambda k8s: k8s.refuses(POD, because="exceeded quota"),
                places=lambda k8s: k8s.schedules({}),
                repels=lambda k8s: k8s.repels({"nodeSelector": {"no": "where"}}),
            ),
            k8s,
        )
    found = outcomes(grade)
    rights = found.pop("rights")
    assert rights is PASSED if resources == "pods" else rights in (PASSED, BROKEN)
    assert found == {"reads": PASSED, "accepts": BROKEN, "refuses": BROKEN, "places": BROKEN, "repels": BROKEN}
    assert "hangs.example.org" in whys(grade)
    assert grade.seconds < 12


POLICY = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: blocks-all}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: "false", message: "nothing gets in"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: blocks-all}
spec: {policyName: blocks-all, validationActions: [Deny]}
"""


def test_a_policy_blocks_every_pod(cluster, k8s: K8s):
    cluster.kubectl("apply", "-f", "-", input=POLICY)
    end = time.monotonic() + 10
    while "nothing gets in" not in cluster.run("run", "x", "--image=x", "--dry-run=server").stderr:
        assert time.monotonic() < end
        time.sleep(0.1)
    grade = judge(
        "lab",
        checks(
            accepts=lambda k8s: k8s.accepts(POD),
            of_quota=lambda k8s: k8s.refuses(POD, because="exceeded quota"),
            of_anything=lambda k8s: k8s.refuses(POD),
            places=lambda k8s: k8s.schedules({}),
        ),
        k8s,
    )
    assert outcomes(grade) == {"accepts": FAILED, "of_quota": FAILED, "of_anything": FAILED, "places": BROKEN}
    assert all("nothing gets in" in verdict.why for verdict in grade.verdicts)


def test_an_aggregated_api_is_down(cluster, k8s: K8s):
    cluster.kubectl(
        "apply",
        "-f",
        "-",
        input="""
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.dead.example.org}
spec:
  group: dead.example.org
  version: v1
  groupPriorityMinimum: 1
  versionPriority: 1
  insecureSkipTLSVerify: true
  service: {name: none, namespace: default, port: 443}
""",
    )
    time.sleep(1)
    grade = judge(
        "lab",
        checks(
            core=lambda k8s: k8s.expect(DEFAULT),
            apps=lambda k8s: k8s.denied("jane", "get", "deployments"),
            dead=lambda k8s: k8s.expect("{apiVersion: dead.example.org/v1, kind: Thing}"),
        ),
        k8s,
    )
    assert outcomes(grade)["core"] is outcomes(grade)["apps"] is PASSED
    assert outcomes(grade)["dead"] in (FAILED, BROKEN)
    assert grade.seconds < 5


def test_the_scheduler_stops(cluster, k8s: K8s):
    scheduler = cluster.process("kube-scheduler")
    scheduler.send(signal.SIGSTOP)
    try:
        grade = judge("lab", checks(places=lambda k8s: k8s.schedules({}), repels=lambda k8s: k8s.repels({})), k8s)
    finally:
        scheduler.send(signal.SIGCONT)
    assert outcomes(grade) == {"places": BROKEN, "repels": BROKEN}
    assert grade.seconds < 12
    assert k8s.list("Pod", "kube-node-lease") == []


def fill(api: ApiServer, count: int, data: dict[str, str]) -> None:
    """Make ConfigMaps c0, c1, ... in namespace default, eight at a time."""
    resource = api.resource("ConfigMap")

    def make(number: int) -> None:
        metadata = {"name": f"c{number}", "namespace": "default"}
        api.create(resource, {"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata, "data": data})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(count)))


def test_five_thousand_objects(cluster, k8s: K8s, api: ApiServer):
    fill(api, 5000, {"key": "value"})
    wanted = "{{kind: ConfigMap, metadata: {{namespace: default}}, data: {{key: {}}}}}"
    grade = judge(
        "lab",
        checks(
            found=lambda k8s: k8s.expect(wanted.format("value")),
            missed=lambda k8s: k8s.expect(wanted.format("other")),
            free=lambda k8s: k8s.forbid(wanted.format("other")),
            named=lambda k8s: k8s.expect("{kind: ConfigMap, metadata: {name: c4999}, data: {key: value}}"),
        ),
        k8s,
    )
    assert outcomes(grade) == {"found": PASSED, "missed": FAILED, "free": PASSED, "named": PASSED}
    assert grade.seconds < 10


def test_an_annotation_full_of_escapes_and_html(cluster, k8s: K8s):
    evil = "\x1b[2J\x1b]0;owned\x07\x1b[31m<script>alert(1)</script>\u202egnp.exe\r\n[bold]x[/bold]"
    thing = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "evil", "annotations": {"note": evil}},
        "data": {"key": evil},
    }
    cluster.kubectl("apply", "-f", "-", input=json.dumps(thing))

    def author(k8s: K8s) -> None:
        found = k8s.expect("{kind: ConfigMap, metadata: {name: evil}}")["metadata"]["annotations"]["note"]
        raise AssertionError(f"found {found}")

    grade = judge(
        "lab",
        checks(
            matched=lambda k8s: k8s.expect("{kind: ConfigMap, metadata: {name: evil, annotations: {note: fine}}}"),
            author=author,
        ),
        k8s,
    )
    assert outcomes(grade) == {"matched": FAILED, "author": FAILED}
    for text in (verdict.why + verdict.see for verdict in grade.verdicts):
        assert not {"\x1b", "\x07", "\r", "\u202e"} & set(text)
        assert "<script>" in text  # escaping for HTML is the report's: here text stays text


def test_objects_of_a_megabyte(cluster, k8s: K8s, api: ApiServer):
    fill(api, 30, {"key": "x" * 1_000_000})
    wanted = "{kind: ConfigMap, metadata: {namespace: default}, data: {key: small}}"
    grade = judge(
        "lab",
        checks(
            any=lambda k8s: k8s.expect(wanted),
            free=lambda k8s: k8s.forbid(wanted),
            named=lambda k8s: k8s.expect("{kind: ConfigMap, metadata: {name: c7}, data: {key: small}}"),
            pattern=lambda k8s: k8s.expect("{kind: ConfigMap, metadata: {name: c7}, data: {key: !matches ^x+y}}"),
        ),
        k8s,
    )
    assert outcomes(grade) == {"any": FAILED, "free": PASSED, "named": FAILED, "pattern": FAILED}
    assert all(len(verdict.why) <= 2000 for verdict in grade.verdicts)
    assert grade.seconds < 10
