"""Whatever a cluster-admin did, a reset brings the baseline back."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from setup.api import Api, Refused
from setup.dump import difference, dump

pytestmark = pytest.mark.live

WEBHOOK = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: wall}
webhooks:
  - name: wall.example.org
    clientConfig: {url: "https://127.0.0.1:1/"}
    rules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*/*"]}]
    sideEffects: None
    admissionReviewVersions: [v1]
    failurePolicy: Fail
"""
CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.harbour.example.org}
spec:
  group: harbour.example.org
  scope: Namespaced
  names: {plural: boats, singular: boat, kind: Boat}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
BOAT = "{apiVersion: harbour.example.org/v1, kind: Boat, metadata: {name: b, finalizers: [example.org/nobody]}}"
HELD = "{apiVersion: v1, kind: ConfigMap, metadata: {name: held, namespace: default, finalizers: [example.org/nobody]}}"


def settled_difference(api, before):
    """The difference that is left a moment after a reset: watchers need some milliseconds to hear of it."""
    until = time.monotonic() + 3
    while (left := difference(before, dump(api))) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def test_deleted_system_roles_are_back(cluster, api):
    before = dump(api)
    for resource in ("clusterrolebindings", "clusterroles"):
        api.call("DELETE", f"/apis/rbac.authorization.k8s.io/v1/{resource}")
    assert "Forbidden" in cluster.run("get", "pods").stderr
    cluster.reset()
    assert settled_difference(api, before) == {}
    cluster.kubectl("get", "pods", "-A")


def test_a_webhook_that_blocks_everything_is_gone(cluster, api):
    before = dump(api)
    cluster.kubectl("create", "-f", "-", input=WEBHOOK)
    time.sleep(0.3)
    assert "wall.example.org" in cluster.run("create", "configmap", "x").stderr
    cluster.reset()
    assert settled_difference(api, before) == {}
    cluster.kubectl("create", "configmap", "x")


def test_crds_instances_and_finalizers_are_gone(cluster, api):
    before = dump(api)
    cluster.kubectl("create", "-f", "-", input=CRD)
    cluster.kubectl("wait", "--for=condition=established", "crd/boats.harbour.example.org")
    cluster.kubectl("create", "-f", "-", input=BOAT)
    cluster.kubectl("create", "-f", "-", input=HELD)
    cluster.kubectl("delete", "configmap/held", "--wait=false")
    cluster.reset()
    assert settled_difference(api, before) == {}
    with pytest.raises(Refused, match="404 page not found"):
        api.call("GET", "/apis/harbour.example.org/v1/boats")


def test_a_thousand_objects_in_twenty_namespaces_are_gone(cluster, api):
    before = dump(api)
    for number in range(20):
        api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"n{number}"}})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: make_object(api, number), range(1000)))
    cluster.reset()
    assert settled_difference(api, before) == {}
    time.sleep(2)  # nothing comes back later
    assert settled_difference(api, before) == {}


def make_object(api: Api, number: int) -> None:
    meta = {"name": f"o{number}", "namespace": f"n{number % 20}"}
    if number % 10:
        api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"k": "v" * 100}})
        return
    labels = {"app": meta["name"]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    api.create({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec})


def test_controllers_and_new_namespaces_work_after_a_reset(cluster, api):
    cluster.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=3")
    cluster.reset()
    cluster.kubectl("create", "namespace", "fresh")
    cluster.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=3", "-n", "fresh")
    cluster.kubectl("rollout", "status", "deployment/web", "-n", "fresh", "--timeout=20s")


def test_the_candidates_files_are_new_after_a_reset(cluster):
    (cluster.sandbox.work / "notes.txt").write_text("mine")
    cluster.kubectl("config", "set-context", "--current", "--namespace=elsewhere")
    cluster.reset()
    assert list(cluster.sandbox.work.iterdir()) == []
    assert "elsewhere" not in cluster.sandbox.candidate_kubeconfig.read_text()


names = st.sampled_from(["a", "b", "c"])
spaces = st.sampled_from(["default", "kube-public", "new-1", "new-2"])
DELETED = (
    "/api/v1/namespaces/new-1",
    "/api/v1/nodes/cka-worker",
    "/api/v1/namespaces/kube-system/configmaps",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "/apis/storage.k8s.io/v1/storageclasses/standard",
    "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes",
    "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
)
mutations = st.one_of(
    st.tuples(st.just("namespace"), spaces),
    st.tuples(st.just("configmap"), spaces, names, st.booleans()),
    st.tuples(st.just("deployment"), spaces, names),
    st.tuples(st.just("taint"), st.sampled_from(["NoSchedule", "NoExecute"])),
    st.tuples(st.just("create"), st.sampled_from([WEBHOOK, CRD])),
    st.tuples(st.just("delete"), st.sampled_from(DELETED)),
    st.tuples(st.just("priority"), names),
)


def mutate(cluster, api: Api, mutation: tuple) -> None:
    match mutation:
        case ("namespace", space):
            api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
        case ("configmap", space, name, held):
            meta = {"name": name, "namespace": space, "finalizers": ["example.org/nobody"] if held else []}
            api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta})
        case ("deployment", space, name):
            cluster.kubectl("create", "deployment", name, "--image=nginx", "-n", space)
        case ("taint", effect):
            cluster.kubectl("taint", "nodes", "--all", f"x=y:{effect}", "--overwrite")
        case ("create", text):
            api.create(yaml.safe_load(text))
        case ("delete", path):
            api.call("DELETE", path)
        case ("priority", name):
            kind = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass"}
            api.create({**kind, "metadata": {"name": name}, "value": 9})


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(mutations, min_size=1, max_size=8))
def test_any_mutations_are_undone(cluster, api, changes):
    cluster.reset()
    before = dump(api)
    for change in changes:
        try:
            mutate(cluster, api, change)
        except (Refused, AssertionError):
            continue  # one mutation may stand in the way of the next
    cluster.reset()
    assert settled_difference(api, before) == {}
