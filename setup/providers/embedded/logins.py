"""The identities of a control plane, and the kubeconfigs they log in with."""

from pathlib import Path

from setup.kubeconfig import write_kubeconfig

LOGINS = {
    "candidate": ("kubernetes-admin", "kubeadm:cluster-admins"),
    "grader": ("labs-grader", "system:masters"),
    "controller-manager": ("system:kube-controller-manager", None),
    "scheduler": ("system:kube-scheduler", None),
    "kwok": ("labs-kwok", "system:masters"),
}


def write_logins(directory: Path, port: int, names: tuple[str, ...] = tuple(LOGINS)) -> None:
    """Write the kubeconfigs of these identities for an API server on ``port``."""
    pki = directory / "pki"
    for name in names:
        path = directory / f"{name}.kubeconfig"
        server, inline = f"https://127.0.0.1:{port}", name == "candidate"
        write_kubeconfig(path, server, pki / "ca.crt", LOGINS[name][0], pki / f"{name}.crt", inline=inline)


def last_port(directory: Path) -> int:
    """The port that the sandbox's API server was last started on."""
    return int((directory / "port").read_text())
