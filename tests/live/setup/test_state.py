"""Starting states on a real control plane."""

import json

import pytest

from setup.errors import LabsError
from setup.state import Manifest, apply

pytestmark = pytest.mark.live

QUOTA_AND_WHAT_IT_REFUSES = """
apiVersion: v1
kind: Namespace
metadata: {name: NAME}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: none, namespace: NAME}
spec: {hard: {pods: "0"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: refused, namespace: NAME, annotations: {labs/wait: "false"}}
spec:
  replicas: 3
  selector: {matchLabels: {app: refused}}
  template:
    metadata: {labels: {app: refused}}
    spec: {containers: [{name: main, image: registry.k8s.io/pause:3.10}]}
"""

CLOSED_NAMESPACE = """
apiVersion: v1
kind: Namespace
metadata: {name: closed}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: closed}
webhooks:
  - name: closed.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    clientConfig: {service: {namespace: closed, name: nobody}}
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: closed}}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: ["*"]}]
"""
ROOT = ("get", "configmap", "kube-root-ca.crt", "-o", "json")


@pytest.mark.parametrize("attempt", range(3))
def test_a_quota_is_enforced_before_the_next_object_is_made(cluster, attempt):
    """Admission ignores a quota until its controller wrote the status; every Pod made before that would stay."""
    name = f"full-{attempt}"
    apply(cluster.sandbox, [Manifest("start/a.yaml", QUOTA_AND_WHAT_IT_REFUSES.replace("NAME", name))])
    denied = "{.status.conditions[?(@.type=='ReplicaFailure')].reason}"
    cluster.kubectl("-n", name, "wait", "deployment/refused", f"--for=jsonpath={denied}=FailedCreate", "--timeout=20s")
    assert json.loads(cluster.kubectl("-n", name, "get", "pods", "-o", "json"))["items"] == []
    quota = json.loads(cluster.kubectl("-n", name, "get", "quota", "none", "-o", "json"))
    assert quota["status"]["used"] == {"pods": "0"}


def test_what_controllers_make_in_a_namespace_is_there_before_a_webhook_can_refuse_it(cluster):
    """Else they try again ever more seldom, and what they make would come in the middle of a candidate's work."""
    apply(cluster.sandbox, [Manifest("start/a.yaml", CLOSED_NAMESPACE)])
    made, model = (json.loads(cluster.kubectl("-n", name, *ROOT)) for name in ("closed", "default"))
    assert made["data"] == model["data"] != {}
    assert made["metadata"]["annotations"] == model["metadata"]["annotations"]
    uid = made["metadata"]["uid"]
    cluster.kubectl("delete", "validatingwebhookconfiguration", "closed")
    cluster.kubectl("create", "namespace", "later")
    cluster.kubectl("-n", "later", "wait", "configmap/kube-root-ca.crt", "--for=create", "--timeout=20s")
    assert json.loads(cluster.kubectl("-n", "closed", *ROOT))["metadata"]["uid"] == uid
    cluster.kubectl("-n", "closed", "get", "serviceaccount", "default")


def test_an_object_of_the_lab_s_own_that_is_there_already_is_refused(cluster):
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: twice}}\n---\n" * 2
    with pytest.raises(LabsError, match=r"start/a\.yaml: the API server refused ConfigMap twice"):
        apply(cluster.sandbox, [Manifest("start/a.yaml", text)])
