"""The certificates of a new control plane, and the start of its supervisor."""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from setup.files import write_secret
from setup.processes import spawn_detached
from setup.providers.embedded import components
from setup.providers.embedded.logins import LOGINS
from setup.providers.embedded.pki import SERVICE_IP, Authority, key_pem, write_pair


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
        spawn_detached("setup.providers.embedded.supervisor", arguments, log, (holder.fileno(), theirs))
    finally:
        os.close(theirs)
    maker = Maker(ours)
    try:
        yield maker
    finally:
        maker.close()
