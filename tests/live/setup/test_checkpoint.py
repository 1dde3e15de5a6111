"""A state with running workloads comes back as it was, and stays."""

import time

import pytest

from setup.dump import difference, dump

pytestmark = pytest.mark.live

SHOP = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "registry.k8s.io/pause:3.10"}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
CHANGES = [
    ("-n", "shop", "scale", "deployment", "web", "--replicas=5"),
    ("-n", "shop", "set", "image", "deployment/web", "web=registry.k8s.io/pause:3.9"),
    ("-n", "shop", "delete", "deployment", "web"),
    ("-n", "shop", "delete", "pod", "--all", "--force", "--grace-period=0"),
    ("delete", "namespace", "shop", "--wait=false"),
    ("-n", "shop", "create", "deployment", "other", "--image=nginx", "--replicas=2"),
]


def pods(cluster):
    return set(cluster.kubectl("-n", "shop", "get", "pods", "-o", "jsonpath={.items[*].metadata.uid}").split())


def test_whatever_was_done_since_is_undone_and_controllers_leave_it_so(cluster, api):
    cluster.kubectl("apply", "-f", "-", input=SHOP)
    cluster.kubectl("-n", "shop", "rollout", "status", "deployment", "web", "--timeout=30s")
    (cluster.sandbox.work / "notes").write_text("mine")
    checkpoint = cluster.provider.checkpoint(cluster.sandbox, "shop")
    before, there = dump(api), pods(cluster)
    for change in CHANGES:
        cluster.kubectl(*change)
        (cluster.sandbox.work / "notes").unlink()
        checkpoint.restore()
        time.sleep(1.5)  # whatever a controller still wanted to do has been done
        assert difference(before, dump(api)) == {}, change
        assert pods(cluster) == there
        assert (cluster.sandbox.work / "notes").read_text() == "mine"
    cluster.kubectl("-n", "shop", "scale", "deployment", "web", "--replicas=4")
    cluster.kubectl("-n", "shop", "rollout", "status", "deployment", "web", "--timeout=30s")
    assert len(pods(cluster)) == 4
