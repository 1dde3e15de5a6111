"""A sandbox's etcd through its JSON gateway, on a unix socket or over TLS.

Source: etcd API v3, https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
"""

import json
import os
import socket
import ssl
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

from setup.errors import LabsError

LONGEST = 100  # bytes of a socket's path that every system takes (sun_path: 108 on Linux, 104 on macOS)
AGAIN = "labs stop, then labs start again"
BATCH = 500  # operations a transaction, below our own server's --max-txn-ops
KUBEADM_BATCH = 100  # the same below etcd's default of 128
MOST = 1_000_000  # bytes a transaction, below etcd's default --max-request-bytes of 1.5 MiB


@dataclass(frozen=True)
class Entry:
    """One key of etcd: the revision of its last change and its value (empty where only keys were asked for)."""

    revision: int
    value: bytes = b""


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        name = str(self.path)
        if len(os.fsencode(name)) <= LONGEST:
            self.sock.connect(name)
            return
        descriptor = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.sock.connect(f"/proc/self/fd/{descriptor}/{self.path.name}")
        finally:
            os.close(descriptor)


class Etcd:
    """Reads and writes the keys of one sandbox, under the API server."""

    def __init__(self, connection: HTTPConnection, batch: int = BATCH) -> None:
        self._connection = connection
        self._batch = batch

    @classmethod
    def on_socket(cls, directory: Path) -> "Etcd":
        """The etcd of an embedded control plane, on a socket in its private folder."""
        return cls(_UnixConnection(directory / "etcd.sock"))

    @staticmethod
    def listens(directory: Path) -> bool:
        """Whether an embedded control plane's etcd takes connections; its socket is there a moment earlier."""
        connection = _UnixConnection(directory / "etcd.sock")
        try:
            connection.connect()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    @classmethod
    def over_tls(cls, port: int, pki: Path) -> "Etcd":
        """The etcd of a kubeadm control plane, on ``port`` of 127.0.0.1.

        ``pki`` holds ``ca.crt``, ``client.crt`` and ``client.key``.
        """
        context = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        context.load_cert_chain(pki / "client.crt", pki / "client.key")
        return cls(HTTPSConnection("127.0.0.1", port, timeout=10, context=context), KUBEADM_BATCH)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def entries(self, prefix: str, *, keys_only: bool = False) -> dict[str, Entry]:
        """Every key that starts with ``prefix``."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        answer = self._call("range", {"key": _encode(prefix), "range_end": _encode(end), "keys_only": keys_only})
        return {
            b64decode(each["key"]).decode(): Entry(int(each["mod_revision"]), b64decode(each.get("value", "")))
            for each in answer.get("kvs", ())
        }

    def change(self, puts: Mapping[str, bytes], deletes: Iterable[str]) -> dict[str, int]:
        """Write and delete keys, in as few transactions as it takes; returns the new revision of each key written."""
        revisions: dict[str, int] = {}
        for batch in self._batches(puts, deletes):
            answer = self._call("txn", {"success": [_operation(key, value) for key, value in batch]})
            revision = int(answer["header"]["revision"])
            revisions.update({key: revision for key, value in batch if value is not None})
        return revisions

    def _batches(self, puts: Mapping[str, bytes], deletes: Iterable[str]) -> Iterator[list[tuple[str, bytes | None]]]:
        """What is to be written (a value) or deleted (None), in portions that the server takes."""
        batch: list[tuple[str, bytes | None]] = []
        size = 0
        for key, value in (*puts.items(), *((key, None) for key in deletes)):
            if batch and (len(batch) == self._batch or size + len(value or b"") > MOST):
                yield batch
                batch, size = [], 0
            batch.append((key, value))
            size += len(key) + len(value or b"")
        if batch:
            yield batch

    def _call(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            self._connection.request("POST", f"/v3/kv/{what}", json.dumps(body), {"Content-Type": "application/json"})
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            with suppress(OSError):
                self._connection.close()
            raise LabsError(f"the sandbox's etcd does not answer ({error})", AGAIN) from error
        if answer.status != 200:
            text = content[:200].decode(errors="replace")
            raise LabsError(f"the sandbox's etcd refused {what}: {text}", AGAIN)
        parsed: dict[str, Any] = json.loads(content)
        return parsed


def _operation(key: str, value: bytes | None) -> dict[str, Any]:
    if value is None:
        return {"request_delete_range": {"key": _encode(key)}}
    return {"request_put": {"key": _encode(key), "value": b64encode(value).decode()}}


def _encode(key: str) -> str:
    return b64encode(key.encode()).decode()
