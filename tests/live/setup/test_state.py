"""Starting states on a real control plane."""

import json

import pytest

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
