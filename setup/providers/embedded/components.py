"""The processes of an embedded control plane, as argument lists."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SERVICE_CIDR = "10.96.0.0/16"
POD_CIDR = "10.244.0.0/16"
CONTROL_PLANE_IP = "172.30.0.2"
KUBERNETES_HOOKS = ("poststarthook/rbac/bootstrap-roles", "poststarthook/scheduling/bootstrap-system-priority-classes")
COLLECTOR = "GOGC"  # Go's variable: how much garbage there may be, in percent of what is in use
# Collect sooner: a tenth less memory for a tenth of a second at the start. The environment's word comes first.
LEAN = ((COLLECTOR, os.environ.get(COLLECTOR, "50")),)


@dataclass(frozen=True)
class Component:
    """One process: its name, its argument list, and additions to its environment."""

    name: str
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()


def etcd(directory: Path, binaries: Mapping[str, str]) -> Component:
    """The etcd server, on unix sockets in the sandbox's private directory: no port, no certificates.

    It waits for the disk: what kubectl was told is done is still so after the machine's plug was pulled.
    The paths are relative to the process' directory, as a socket's path may be 107 bytes long at most.
    """
    nobody = "http://localhost:0"
    return Component(
        "etcd",
        (
            binaries["etcd"],
            "--name=sandbox",
            f"--data-dir={directory / 'etcd'}",
            "--listen-client-urls=unix://etcd.sock",
            "--listen-peer-urls=unix://peer.sock",
            f"--advertise-client-urls={nobody}",
            f"--initial-advertise-peer-urls={nobody}",
            f"--initial-cluster=sandbox={nobody}",
            "--heartbeat-interval=10",
            "--election-timeout=100",
            "--snapshot-count=10000",
            "--max-txn-ops=1024",
            "--max-request-bytes=33554432",
            "--log-level=warn",
        ),
        LEAN,
    )


def apiserver(directory: Path, binaries: Mapping[str, str], port: int) -> Component:
    """The API server, on 127.0.0.1 only, with kubeadm's settings where they can be told apart.

    ``--permit-port-sharing`` lets it bind the port that the supervisor holds, so nobody can take it in between.
    """
    pki = directory / "pki"
    return Component(
        "kube-apiserver",
        (
            binaries["kube-apiserver"],
            "--etcd-servers=unix://etcd.sock",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            "--permit-port-sharing=true",
            f"--advertise-address={CONTROL_PLANE_IP}",
            "--allow-privileged=true",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--enable-bootstrap-token-auth=true",
            "--enable-aggregator-routing=true",
            f"--service-cluster-ip-range={SERVICE_CIDR}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={pki / 'sa.pub'}",
            f"--service-account-signing-key-file={pki / 'sa.key'}",
            f"--client-ca-file={pki / 'ca.crt'}",
            f"--tls-cert-file={pki / 'apiserver.crt'}",
            f"--tls-private-key-file={pki / 'apiserver.key'}",
            f"--requestheader-client-ca-file={pki / 'front-proxy-ca.crt'}",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-username-headers=X-Remote-User",
            f"--proxy-client-cert-file={pki / 'front-proxy-client.crt'}",
            f"--proxy-client-key-file={pki / 'front-proxy-client.key'}",
        ),
        LEAN,
    )


def controller_manager(directory: Path, binaries: Mapping[str, str]) -> Component:
    """The controller manager, signing CSRs with the cluster's CA and not slowed down by client-side limits."""
    pki = directory / "pki"
    kubeconfig = directory / "controller-manager.kubeconfig"
    return Component(
        "kube-controller-manager",
        (
            binaries["kube-controller-manager"],
            f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            "--secure-port=0",
            "--leader-elect=false",
            "--controllers=*,bootstrap-signer-controller,token-cleaner-controller",
            "--use-service-account-credentials=true",
            f"--root-ca-file={pki / 'ca.crt'}",
            f"--service-account-private-key-file={pki / 'sa.key'}",
            f"--cluster-signing-cert-file={pki / 'ca.crt'}",
            f"--cluster-signing-key-file={pki / 'ca.key'}",
            "--allocate-node-cidrs=true",
            f"--cluster-cidr={POD_CIDR}",
            f"--service-cluster-ip-range={SERVICE_CIDR}",
            "--pvclaimbinder-sync-period=1s",
            "--kube-api-qps=1000",
            "--kube-api-burst=2000",
        ),
        LEAN,
    )


def scheduler(directory: Path, binaries: Mapping[str, str]) -> Component:
    """The scheduler with its default profile."""
    kubeconfig = directory / "scheduler.kubeconfig"
    return Component(
        "kube-scheduler",
        (
            binaries["kube-scheduler"],
            f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            "--secure-port=0",
            "--leader-elect=false",
            "--kube-api-qps=1000",
            "--kube-api-burst=2000",
        ),
    )


def kwok(directory: Path, binaries: Mapping[str, str]) -> Component:
    """The simulator of kubelets: nodes keep their leases, pods on them become Ready, Jobs complete.

    Its Exec, Logs, Attach and PortForward resources act on the host, so it serves no kubelet API and reads no CRDs.
    """
    stages = Path(__file__).parent / "stages" / "stages.yaml"
    return Component(
        "kwok",
        (
            binaries["kwok"],
            f"--kubeconfig={directory / 'kwok.kubeconfig'}",
            f"--config={stages}",
            "--manage-all-nodes",
            "--node-lease-duration-seconds=40",
            f"--cidr={POD_CIDR}",
            f"--node-ip={CONTROL_PLANE_IP}",
        ),
    )
