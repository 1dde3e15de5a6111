"""The files of an embedded control plane and the start of its supervisor."""

import fcntl
import json
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from setup import components
from setup.errors import LabsError
from setup.kubeconfig import write_kubeconfig
from setup.pki import SERVICE_IP, Authority, key_pem, write_pair, write_secret
from setup.processes import Identity, read_identities, spawn_detached
from setup.supervisor import IDENTITIES, LOCK

STOP_WITHIN = 10.0  # seconds
LOGINS = {
    "candidate": ("kubernetes-admin", "kubeadm:cluster-admins"),
    "grader": ("labs-grader", "system:masters"),
    "controller-manager": ("system:kube-controller-manager", None),
    "scheduler": ("system:kube-scheduler", None),
    "kwok": ("labs-kwok", "system:masters"),
}


def make_files(directory: Path) -> None:
    """Make the certificates of a new control plane under ``directory``, which must exist."""
    pki = directory / "pki"
    for each in (pki, directory / "logs", directory / "work"):
        each.mkdir(mode=0o700)
    ca, front = Authority.make("kubernetes"), Authority.make("front-proxy-ca")
    write_pair(pki, "ca", ca.pem)
    write_pair(pki, "front-proxy-ca", front.pem)
    write_pair(pki, "front-proxy-client", front.client("front-proxy-client"))
    addresses = ("127.0.0.1", SERVICE_IP, components.CONTROL_PLANE_IP)
    write_pair(pki, "apiserver", ca.server("cka-control-plane", addresses))
    for name, (user, group) in LOGINS.items():
        write_pair(pki, name, ca.client(user, group))
    key = ec.generate_private_key(ec.SECP256R1())
    write_secret(pki / "sa.key", key_pem(key))
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    write_secret(pki / "sa.pub", key.public_key().public_bytes(serialization.Encoding.PEM, form))


def write_logins(directory: Path, port: int, names: tuple[str, ...] = tuple(LOGINS)) -> None:
    """Write the kubeconfigs of these identities for an API server on ``port``."""
    pki = directory / "pki"
    for name in names:
        path = directory / f"{name}.kubeconfig"
        server, inline = f"https://127.0.0.1:{port}", name == "candidate"
        write_kubeconfig(path, server, pki / "ca.crt", LOGINS[name][0], pki / f"{name}.crt", inline=inline)


class Maker:
    """The maker's end of the pipe to a supervisor: until ``made`` is said, the sandbox dies with its maker."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def made(self) -> None:
        """Say that the sandbox is finished and may outlive this process."""
        os.write(self._descriptor, b"made")

    def close(self) -> None:
        """Let go; a supervisor that did not hear ``made`` takes the sandbox down and removes it."""
        os.close(self._descriptor)


@contextmanager
def supervised(directory: Path, binaries: Mapping[str, Path], holder: socket.socket) -> Iterator[Maker]:
    """Start the supervisor of ``directory``; leaving the block without ``made`` ends what was started."""
    (directory / "binaries.json").write_text(json.dumps({name: str(path) for name, path in binaries.items()}))
    theirs, ours = os.pipe()
    log = directory / "logs" / "supervisor.log"
    port = holder.getsockname()[1]
    (directory / "port").write_text(str(port))
    arguments = (str(directory), str(port), str(holder.fileno()), str(theirs))
    try:
        spawn_detached("setup.supervisor", arguments, log, (holder.fileno(), theirs))
    finally:
        os.close(theirs)
    maker = Maker(ours)
    try:
        yield maker
    finally:
        maker.close()


def running(directory: Path) -> bool:
    """Whether a supervisor holds the sandbox's lock."""
    try:
        descriptor = os.open(directory / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def identities(directory: Path) -> dict[str, Identity]:
    """Who runs in a sandbox, by component name."""
    return read_identities(directory / IDENTITIES)


def end(directory: Path) -> None:
    """End every process of a sandbox, by its identity; LabsError when one does not go."""
    found = identities(directory)
    supervisor = found.pop("supervisor", None)
    if supervisor:
        supervisor.send(signal.SIGTERM)
        wait_for(lambda: not supervisor.alive())
        supervisor.send(signal.SIGKILL)
    for each in found.values():
        each.send(signal.SIGKILL)
    if not wait_for(lambda: not running(directory) and not any(each.alive() for each in found.values())):
        raise LabsError(f"the processes of {directory.name} do not end", "look at them with labs status")


def wait_for(done: Callable[[], bool]) -> bool:
    """Look again and again until something is done; False when ``STOP_WITHIN`` seconds were not enough."""
    deadline = time.monotonic() + STOP_WITHIN
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def remove(directory: Path) -> None:
    """Remove a sandbox's files, first the one that says it is finished."""
    (directory / "sandbox.json").unlink(missing_ok=True)
    shutil.rmtree(directory, ignore_errors=True)
