"""The identities of a kind cluster, taken from its first control plane."""

import io
import tarfile
from base64 import b64decode
from pathlib import Path

import yaml

from setup.errors import LabsError
from setup.files import write_secret
from setup.kubeconfig import write_kubeconfig
from setup.providers.kind.cluster import Cluster
from setup.providers.kind.runtime import Runtime

KUBERNETES = "/etc/kubernetes"
LOGINS = {"super-admin.conf": "grader", "admin.conf": "candidate"}  # the first is in group system:masters
ETCD = {
    "pki/etcd/ca.crt": "ca.crt",
    "pki/apiserver-etcd-client.crt": "client.crt",
    "pki/apiserver-etcd-client.key": "client.key",
}
USERS = {"grader": "labs-grader", "candidate": "kubernetes-admin"}


def fetch(cluster: Cluster) -> None:
    """Copy the certificates of grader, candidate and etcd's client out of the first control plane."""
    files = (*LOGINS, *ETCD)
    done = Runtime(cluster.runtime).exec(cluster.nodes[0], "tar", "-C", KUBERNETES, "-cf", "-", *files)
    if done.code:
        raise LabsError(f"{cluster.nodes[0]} does not give its certificates: {done.err[-300:]}", "try again")
    (cluster.directory / "etcd").mkdir(mode=0o700, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(done.out)) as archive:
        for name, ours in ETCD.items():
            write_secret(cluster.directory / "etcd" / ours, _content(archive, name))
        for name, ours in LOGINS.items():
            _unpack(cluster.directory, ours, _content(archive, name))
    write(cluster, cluster.directory, ("grader",))


def write(cluster: Cluster, directory: Path, names: tuple[str, ...] = tuple(USERS)) -> None:
    """Write the kubeconfigs of these identities into ``directory``."""
    ca = cluster.directory / "ca.crt"
    for name in names:
        login, inline = cluster.directory / f"{name}.crt", name == "candidate"
        write_kubeconfig(directory / f"{name}.kubeconfig", cluster.server, ca, USERS[name], login, inline=inline)


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise LabsError(f"{KUBERNETES}/{name} is no file")
    return file.read()


def _unpack(directory: Path, name: str, kubeconfig: bytes) -> None:
    """Write the certificates inside a kubeconfig as files, which no client has to unpack again."""
    config = yaml.safe_load(kubeconfig)
    user, cluster = config["users"][0]["user"], config["clusters"][0]["cluster"]
    write_secret(directory / f"{name}.crt", b64decode(user["client-certificate-data"]))
    write_secret(directory / f"{name}.key", b64decode(user["client-key-data"]))
    write_secret(directory / "ca.crt", b64decode(cluster["certificate-authority-data"]))
