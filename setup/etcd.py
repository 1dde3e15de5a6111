"""A sandbox's etcd through its JSON gateway on a unix socket.

Source: etcd API v3, https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
"""

import json
import os
import socket
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from setup.errors import LabsError

LONGEST = 100  # bytes of a socket's path that every system takes (sun_path: 108 on Linux, 104 on macOS)
AGAIN = "labs stop, then labs start again"
BATCH = 500  # operations a transaction, below the server's --max-txn-ops


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

    def __init__(self, directory: Path) -> None:
        self._connection = _UnixConnection(directory / "etcd.sock")

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
        """Write and delete keys, in transactions of ``BATCH``; returns the new revision of each key written."""
        operations: list[dict[str, Any]] = [
            {"request_put": {"key": _encode(key), "value": b64encode(value).decode()}} for key, value in puts.items()
        ]
        operations += [{"request_delete_range": {"key": _encode(key)}} for key in deletes]
        written = list(puts)
        revisions: dict[str, int] = {}
        for start in range(0, len(operations), BATCH):
            answer = self._call("txn", {"success": operations[start : start + BATCH]})
            revision = int(answer["header"]["revision"])
            revisions.update(dict.fromkeys(written[start : start + BATCH], revision))
        return revisions

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


def _encode(key: str) -> str:
    return b64encode(key.encode()).decode()
