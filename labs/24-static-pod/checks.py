"""Lab 24: a beacon that needs no control plane."""

from typing import Any

from grader import K8s, check

IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.53"
POD = "io.kubernetes.pod"  # how the labels of a container begin that say whose it is


def beacon(k8s: K8s) -> dict[str, Any]:
    """What the API shows of the Pod, under the name that the kubelet gives it."""
    name = f"beacon-{k8s.vars['worker']}"
    return k8s.expect({"kind": "Pod", "metadata": {"name": name, "namespace": "harbour"}})


def address(k8s: K8s) -> str:
    """Where the Pod runs, asked on its node: what the API shows of a static Pod lags some seconds behind."""
    node = k8s.node(k8s.vars["worker"])
    whose = {f"{POD}.namespace": "harbour", f"{POD}.name": f"beacon-{node.name}"}
    mine = [each["podSandboxId"] for each in node.containers() if whose.items() <= each["labels"].items()]
    assert mine, f"no container of beacon runs on {node.name}"
    own = node.run("crictl inspectp -o go-template --template '{{.status.network.ip}}' %s", mine[0]).output.strip()
    live = k8s.get("Node", node.name) or {}
    nodes = [each["address"] for each in live["status"]["addresses"] if each["type"] == "InternalIP"]
    return own if own[:1].isdigit() else nodes[0]  # a Pod in the node's own network has none


@check(points=3)
def is_static(k8s: K8s) -> None:
    """`beacon` runs on the node as a static Pod: its kubelet made it, from a manifest of its own."""
    pod, node = beacon(k8s), k8s.vars["worker"]
    source = (pod["metadata"].get("annotations") or {}).get("kubernetes.io/config.source", "api")
    owners = [owner["name"] for owner in pod["metadata"].get("ownerReferences", []) if owner["kind"] == "Node"]
    assert source in ("file", "http"), f"the Pod was made through the API, not by the kubelet of {node}"
    assert owners == [node], f"the Pod belongs to {', '.join(owners) or 'no node'}, expected {node}"
    address(k8s)


@check(points=2, after=is_static)
def comes_back(k8s: K8s) -> None:
    """Deleted through the API, it is there again by itself."""
    k8s.reschedule("Pod", f"beacon-{k8s.vars['worker']}", "harbour")


@check(points=3, after=comes_back, within=3)
def answers(k8s: K8s) -> None:
    """It carries the label, runs the image, and answers at its port."""
    pod = beacon(k8s)  # as the kubelet has shown it anew: a label that only the API had is gone
    images = [container["image"] for container in pod["spec"]["containers"]]
    assert IMAGE in images, f"it runs {', '.join(images)}"
    labels = pod["metadata"].get("labels", {})
    assert labels.get("light") == k8s.vars["light"], f"its label light is {labels.get('light')!r}"
    k8s.reaches("kube-node-lease", address(k8s), int(k8s.vars["port"]))


@check(points=1, after=is_static, within=5)
def nowhere_else(k8s: K8s) -> None:
    """There is no other Pod in its namespace, and no other beacon."""
    others = [
        f"{pod['metadata']['namespace']}/{pod['metadata']['name']}" for pod in k8s.list("Pod")
        if pod["metadata"]["namespace"] == "harbour" or pod["metadata"]["name"].startswith("beacon")
        if pod["metadata"]["name"] != f"beacon-{k8s.vars['worker']}"
    ]  # fmt: skip
    assert not others, f"{', '.join(others)} should not be there"
