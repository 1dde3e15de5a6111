"""A state with running pods comes back on real nodes, as often as one likes; where it could not, none is kept."""

import json

import pytest

from setup.api import Api
from setup.dump import difference, dump

pytestmark = pytest.mark.kind

SHOP = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: web, image: "nginx:1.29"}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
BARE = """
apiVersion: v1
kind: Pod
metadata: {name: bare, labels: {app: kept}}
spec:
  containers: [{name: web, image: "nginx:1.29"}]
"""
SLOW = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: slow}
spec:
  selector: {matchLabels: {app: slow}}
  template:
    metadata: {labels: {app: slow}}
    spec:
      containers:
        - name: web
          image: nginx:1.29
          readinessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 6, periodSeconds: 1}
"""
CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: kept}
spec:
  selector: {matchLabels: {app: kept}}
  template:
    metadata: {labels: {app: kept}}
    spec:
      containers: [{name: web, image: "nginx:1.29", volumeMounts: [{name: data, mountPath: /data}]}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
"""
CHANGES = {
    "a new object": (("-n", "shop", "create", "configmap", "more", "--from-literal=a=b"),),
    "fewer pods": (("-n", "shop", "scale", "deployment", "web", "--replicas=0"),),
    "another image": (("-n", "shop", "set", "image", "deployment/web", "web=redis:8"),),
    "another workload": (("-n", "shop", "create", "deployment", "other", "--image=nginx:1.29"),),
    "made anew": (("-n", "shop", "delete", "deployment,service", "web"), ("apply", "-f", "-")),
    "no pods": (("-n", "shop", "delete", "pod", "--all"),),
    "a pod of its own": (("-n", "shop", "run", "bare", "--image=nginx:1.29"),),
    "no namespace": (("delete", "namespace", "shop", "--wait=false"),),
}
PASSING = {"pods", "endpoints", "endpointslices", "replicasets", "nodes"}  # made or written by others than who types


@pytest.fixture(scope="module")
def shop(shared_kind_cluster):
    cluster = shared_kind_cluster
    cluster.reset()
    cluster.kubectl("apply", "-f", "-", input=SHOP)
    cluster.kubectl("-n", "shop", "rollout", "status", "deployment", "web", "--timeout=60s")
    (cluster.sandbox.work / "notes").write_text("mine")
    yield cluster
    cluster.reset()


@pytest.fixture(scope="module")
def checkpoint(shop):
    found = shop.provider.checkpoint(shop.sandbox, "shop")
    assert found is not None
    return found


def objects(cluster):
    api = Api(cluster.provider._cluster(cluster.sandbox).grader_kubeconfig)
    try:
        found = dump(api)
    finally:
        api.close()
    kept = {key: each for key, each in found.items() if key.split("/")[-3] not in PASSING}
    return {key: {**each, "status": None} for key, each in kept.items()}


def pods(cluster):
    found = json.loads(cluster.kubectl("-n", "shop", "get", "pods", "-o", "json"))["items"]
    return [(each["metadata"]["labels"]["app"], each["status"]["containerStatuses"][0]["ready"]) for each in found]


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_whatever_was_done_since_is_undone(shop, checkpoint, changes):
    before = objects(shop)
    for change in changes:
        shop.kubectl(*change, input=SHOP if "-f" in change else None)
    (shop.sandbox.work / "notes").unlink(missing_ok=True)  # gone already where the test before this one failed
    checkpoint.restore()
    assert pods(shop) == [("web", True)] * 2
    assert (shop.sandbox.work / "notes").read_text() == "mine"
    assert difference(before, objects(shop)) == {}
    ask = ("curl", "-sS", "--retry", "5", "--retry-delay", "1", "--retry-all-errors", "web")
    assert "Welcome" in shop.kubectl("-n", "shop", "exec", "deploy/web", "--", *ask)


@pytest.mark.parametrize("manifest", [BARE, CLAIM], ids=["a pod that nothing makes again", "a volume"])
def test_what_could_not_come_back_is_not_kept(shop, checkpoint, manifest):
    shop.kubectl("apply", "-f", "-", input=manifest)
    shop.kubectl("wait", "pod", "--for=condition=Ready", "-l", "app=kept", "--timeout=60s")
    assert shop.provider.checkpoint(shop.sandbox, "other") is None
    checkpoint.restore()
    assert "No resources found" in shop.kubectl("get", "pods,pvc,pv")


def test_a_pod_that_is_about_to_be_ready_is_waited_for(shop, checkpoint):
    shop.kubectl("apply", "-f", "-", input=SLOW)
    shop.kubectl("wait", "pod", "--for=condition=Initialized", "-l", "app=slow", "--timeout=60s")
    taken = shop.provider.checkpoint(shop.sandbox, "slow")
    assert taken is not None
    assert "1/1" in shop.kubectl("get", "deployment", "slow")
    taken.restore()
    checkpoint.restore()


def test_nothing_is_kept_of_a_worn_cluster(shop, checkpoint):
    shop.sandbox.worn.touch()
    assert shop.provider.checkpoint(shop.sandbox, "other") is None
    shop.sandbox.worn.unlink()
