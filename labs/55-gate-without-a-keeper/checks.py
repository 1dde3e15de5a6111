"""Lab 55: a gate without a keeper."""

from typing import Any

from grader import Broken, K8s, check


def takes(k8s: K8s, manifest: dict[str, Any]) -> bool:
    """Whether the API server takes this object: a webhook that must be asked and cannot be refuses it, too."""
    try:
        k8s.accepts(manifest)
    except AssertionError:
        return False
    except Broken as broken:
        if "failed calling webhook" not in str(broken):
            raise
        return False
    return True


def parcel(kind: str, namespace: str) -> dict[str, Any]:
    """A ConfigMap or Secret with hardly anything in it."""
    return {"kind": kind, "metadata": {"name": "parcel", "namespace": namespace}, "data": {}}


def stand(namespace: str) -> dict[str, Any]:
    """A Deployment of one Pod."""
    pod = {"containers": [{"name": "stand", "image": "registry.k8s.io/pause:3.10"}]}
    template = {"metadata": {"labels": {"app": "stand"}}, "spec": pod}
    spec = {"selector": {"matchLabels": {"app": "stand"}}, "template": template}
    return {"kind": "Deployment", "metadata": {"name": "stand", "namespace": namespace}, "spec": spec}


@check(points=3)
def shop_open(k8s: K8s) -> None:
    """New ConfigMaps and Deployments are taken in the shop's namespace."""
    for manifest in (parcel("ConfigMap", k8s.vars["shop"]), stand(k8s.vars["shop"])):
        assert takes(k8s, manifest), f"a new {manifest['kind']} is refused in namespace {k8s.vars['shop']}"


@check(points=2, within=5)
def till_grown(k8s: K8s) -> None:
    """`till` has as many Pods as asked for, all of them ready."""
    pods = k8s.vars["tills"]
    container = {"name": "till", "image": "registry.k8s.io/pause:3.10"}
    k8s.expect({
        "kind": "Deployment",
        "metadata": {"name": "till", "namespace": k8s.vars["shop"]},
        "spec": {"replicas": pods, "template": {"spec": {"containers": [container]}}},
        "status": {"replicas": pods, "readyReplicas": pods},
    })  # fmt: skip


@check(points=2)
def prices_mended(k8s: K8s) -> None:
    """`prices` has the new fee and all that it had besides, and cannot be changed."""
    live = k8s.expect({
        "kind": "ConfigMap",
        "metadata": {"name": "prices", "namespace": k8s.vars["shop"]},
        "immutable": True,
    })  # fmt: skip
    wanted = {"fee": str(k8s.vars["fee"]), "discount": f"{k8s.vars['discount']} %", "currency": "EUR"}
    found = live.get("data") or {}
    assert found == wanted, f"expected {wanted}, found {found}"


@check(points=3, within=8)
def old_shop_gone(k8s: K8s) -> None:
    """The old shop's namespace is gone, and nothing of what was in it is still stored."""
    name = f"old-{k8s.vars['shop']}"
    namespace = k8s.get("Namespace", name)
    assert namespace is None, f"namespace {name} is {namespace['status'].get('phase')}"
    left = [each["metadata"]["name"] for kind in ("ConfigMap", "Secret") for each in k8s.list(kind, name)]
    assert not left, f"the namespace was cut off from what is in it: {', '.join(left)} still there"


@check(points=2, after=shop_open)
def safe_stays_shut(k8s: K8s) -> None:
    """No Secret can be made in the safe's namespace, while other namespaces take them."""
    safe = f"safe-{k8s.vars['shop']}"
    assert not takes(k8s, parcel("Secret", safe)), f"a Secret is taken in namespace {safe}"
    k8s.accepts(parcel("Secret", k8s.vars["shop"]))
    k8s.accepts(parcel("ConfigMap", safe))
