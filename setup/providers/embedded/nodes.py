"""Simulated nodes, as kubeadm and the kubelet would register them."""

from typing import Any

from setup.shapes import Node
from setup.tools.pins import KUBERNETES, target

CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
ROOM = {"cpu": "4", "memory": "8Gi", "pods": "110", "ephemeral-storage": "40Gi"}


def address(node: Node) -> str:
    """The node's InternalIP."""
    return f"172.30.0.{node.number + 2}"


def manifest(node: Node) -> dict[str, Any]:
    """The Node object, with its status; kwok makes it Ready and keeps its lease."""
    architecture = target().split("/")[1]
    labels = {
        "kubernetes.io/arch": architecture,
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        "beta.kubernetes.io/arch": architecture,
        "beta.kubernetes.io/os": "linux",
    }
    spec: dict[str, Any] = {}
    if node.control_plane:
        labels |= {CONTROL_PLANE: "", "node.kubernetes.io/exclude-from-external-load-balancers": ""}
        spec["taints"] = [{"key": CONTROL_PLANE, "effect": "NoSchedule"}]
    addresses = [{"type": "InternalIP", "address": address(node)}, {"type": "Hostname", "address": node.name}]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node.name, "labels": labels},
        "spec": spec,
        "status": {"addresses": addresses, "capacity": ROOM, "allocatable": ROOM, "nodeInfo": _info(architecture)},
    }


def _info(architecture: str) -> dict[str, str]:
    simulated = dict.fromkeys(("osImage", "kernelVersion"), "simulated")
    nothing = dict.fromkeys(("kubeProxyVersion", "machineID", "systemUUID", "bootID"), "")
    return {
        **simulated,
        **nothing,
        "architecture": architecture,
        "operatingSystem": "linux",
        "kubeletVersion": KUBERNETES,
        "containerRuntimeVersion": "simulated://1",
    }
