"""The language of checks against a live control plane: each word says yes and no rightly."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from grader import K8s
from grader.errors import Miss

pytestmark = pytest.mark.live

DEPLOYER = "system:serviceaccount:ci:deployer"
RIGHTS = """
apiVersion: v1
kind: Namespace
metadata: {name: ci}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: deployer, namespace: ci}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: ship, namespace: ci}
rules: [{apiGroups: [apps], resources: [deployments], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: ship, namespace: ci}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ship}
subjects: [{kind: Group, name: "system:serviceaccounts:ci", apiGroup: rbac.authorization.k8s.io}]
"""
QUOTA = """
apiVersion: v1
kind: Namespace
metadata: {name: team}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: compute, namespace: team}
spec: {hard: {requests.cpu: "1", requests.memory: 1024Mi}}
"""
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
"""


@pytest.fixture
def k8s(cluster) -> K8s:
    return K8s.connect(cluster.sandbox.grader_kubeconfig, vars={}, work=cluster.sandbox.work)


def pod(cpu: str) -> str:
    return f"""
        kind: Pod
        metadata: {{name: x, namespace: team}}
        spec:
          containers: [{{name: a, image: b, resources: {{requests: {{cpu: {cpu}, memory: 1Mi}}}}}}]
    """


def authority() -> bytes:
    """A certificate of nobody's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_rights_through_a_group(cluster, k8s: K8s):
    cluster.kubectl("apply", "-f", "-", input=RIGHTS)
    k8s.expect("{kind: ServiceAccount, metadata: {name: deployer, namespace: ci}}")
    k8s.allowed(DEPLOYER, "get", "deployments.apps", namespace="ci")
    k8s.denied(DEPLOYER, "get", "deployments.apps", namespace="default")
    k8s.denied(DEPLOYER, "delete", "deployments", namespace="ci")
    with pytest.raises(Miss, match="RBAC: allowed by RoleBinding"):
        k8s.denied(DEPLOYER, "list", "deployments", namespace="ci")


def test_a_token_logs_in_and_its_groups_count(cluster, k8s: K8s):
    cluster.kubectl("apply", "-f", "-", input=RIGHTS)
    config = yaml.safe_load(cluster.sandbox.candidate_kubeconfig.read_text())
    config["users"][0]["user"] = {"token": cluster.kubectl("create", "token", "deployer", "-n", "ci").strip()}
    login = k8s.can_login(config, user=DEPLOYER, groups=["system:serviceaccounts:ci"])
    assert login.lifetime == 3600
    login.can("list", "deployments.apps", namespace="ci")
    login.cannot("delete", "deployments.apps", namespace="ci")
    config["users"][0]["user"] = {"token": "x" * 40}
    with pytest.raises(Miss, match="does not accept its credentials"):
        k8s.can_login(config)


def test_the_candidates_own_kubeconfig(cluster, k8s: K8s):
    login = k8s.can_login(cluster.sandbox.candidate_kubeconfig, user="kubernetes-admin")
    login.can("*", "*")


def test_a_wrong_authority_is_a_miss(cluster, k8s: K8s):
    config = yaml.safe_load(cluster.sandbox.candidate_kubeconfig.read_text())
    config["clusters"][0]["cluster"]["certificate-authority-data"] = base64.b64encode(authority()).decode()
    with pytest.raises(Miss, match="does not trust"):
        k8s.can_login(config)
    config["clusters"][0]["cluster"] = {
        "server": config["clusters"][0]["cluster"]["server"],
        "insecure-skip-tls-verify": True,
    }
    assert not k8s.can_login(config).verified


def test_a_quota_refuses_and_accepts(cluster, k8s: K8s):
    cluster.kubectl("apply", "-f", "-", input=QUOTA)
    k8s.refuses(pod("1500m"), because="exceeded quota")
    assert k8s.accepts(pod("500m"))["spec"]["schedulerName"] == "default-scheduler"
    with pytest.raises(Miss, match="exceeded quota"):
        k8s.accepts(pod("2"))
    with pytest.raises(Miss, match="accepts Pod x"):
        k8s.refuses(pod("0.5"), because="exceeded quota")
    k8s.expect("{kind: ResourceQuota, metadata: {namespace: team}, spec: {hard: {requests.memory: 1Gi}}}")
    assert k8s.list("Pod", "team") == []


def test_canaries_meet_a_taint(cluster, k8s: K8s):
    workers = [node["metadata"]["name"] for node in k8s.list("Node") if not node["spec"].get("taints")]
    assert k8s.schedules({}) in workers
    for worker in workers:
        cluster.kubectl("taint", "node", worker, "team=db:NoSchedule")
    k8s.repels({}, because="untolerated taint")
    assert k8s.schedules("tolerations: [{key: team, operator: Exists}]", on=workers) in workers
    with pytest.raises(Miss, match="stays Pending"):
        k8s.schedules({})
    with pytest.raises(Miss, match="should have stayed Pending"):
        k8s.repels("tolerations: [{key: team, operator: Exists}]")
    assert k8s.list("Pod", "kube-node-lease") == []


def test_a_workload_is_scheduled_anew(cluster, k8s: K8s):
    cluster.kubectl("apply", "-f", "-", input=WEB)
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    old = {item["metadata"]["uid"] for item in k8s.list("Pod", "default")}
    worker = k8s.list("Pod", "default")[0]["spec"]["nodeName"]
    for node in k8s.list("Node"):
        if node["metadata"]["name"] != worker:
            cluster.kubectl("cordon", node["metadata"]["name"])
    new = k8s.reschedule("Deployment", "web", "default")
    assert {item["spec"]["nodeName"] for item in new} == {worker}
    assert not old & {item["metadata"]["uid"] for item in new}
    cluster.kubectl("cordon", worker)
    with pytest.raises(Miss, match="stay Pending"):
        k8s.reschedule("Deployment", "web", "default")
