"""What is particular to one control plane, written into its etcd before anybody reads it.

Its API server and controllers would write the same a second after their start; finding it there, they have nothing to
do, and a new sandbox is at its baseline at once. The API server reads JSON in etcd as well as protobuf.
"""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from setup.providers.embedded.components import CONTROL_PLANE_IP

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
ROOT_CAS = tuple(f"/registry/configmaps/{each}/kube-root-ca.crt" for each in NAMESPACES)
ENDPOINTS = "/registry/services/endpoints/default/kubernetes"
ENDPOINT_SLICE = "/registry/endpointslices/default/kubernetes"
AUTHENTICATION = "/registry/configmaps/kube-system/extension-apiserver-authentication"
KEYS = (*ROOT_CAS, ENDPOINTS, ENDPOINT_SLICE, AUTHENTICATION)
ROOT_CA_DESCRIBED = (  # word for word the publisher's: in other namespaces it writes its own
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of "
    "Kubernetes clusters."
)


def entries(directory: Path, port: int) -> dict[str, bytes]:
    """The keys and values for the control plane in ``directory`` whose API server listens on ``port``.

    AUTHENTICATION is not among them: the API server writes it before it is ready.
    """
    ca = (directory / "pki" / "ca.crt").read_text()
    found = {key: _root_ca(namespace, ca) for namespace, key in zip(NAMESPACES, ROOT_CAS, strict=True)}
    found |= {ENDPOINTS: _endpoints(port), ENDPOINT_SLICE: _endpoint_slice(port)}
    return {key: json.dumps(value).encode() for key, value in found.items()}


def _metadata(name: str, namespace: str, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"name": name, "namespace": namespace, "uid": str(uuid.uuid4()), "creationTimestamp": now, **more}


def _root_ca(namespace: str, ca: str) -> dict[str, Any]:
    """As the root CA publisher makes it (k8s.io/kubernetes pkg/controller/certificates/rootcacertpublisher)."""
    described = {"kubernetes.io/description": ROOT_CA_DESCRIBED}
    metadata = _metadata("kube-root-ca.crt", namespace, annotations=described)
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"ca.crt": ca}}


def _endpoints(port: int) -> dict[str, Any]:
    """As the API server's endpoint reconciler makes it (k8s.io/kubernetes pkg/controlplane/reconcilers)."""
    metadata = _metadata("kubernetes", "default", labels={"endpointslice.kubernetes.io/skip-mirror": "true"})
    subset = {"addresses": [{"ip": CONTROL_PLANE_IP}], "ports": [_port(port)]}
    return {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata, "subsets": [subset]}


def _endpoint_slice(port: int) -> dict[str, Any]:
    labels = {"kubernetes.io/service-name": "kubernetes"}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": _metadata("kubernetes", "default", labels=labels, generation=1),
        "addressType": "IPv4",
        "endpoints": [{"addresses": [CONTROL_PLANE_IP], "conditions": {"ready": True}}],
        "ports": [_port(port)],
    }


def _port(port: int) -> dict[str, Any]:
    return {"name": "https", "port": port, "protocol": "TCP"}
