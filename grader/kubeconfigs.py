"""What a kubeconfig says, read as data: nothing in it is run, and no file is read but certificates and tokens."""

import base64
import binascii
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LARGEST = 1 << 20
"""Bytes of a kubeconfig, or of a file that it names."""
_DEEPEST = 40  # the C loader recurses without a limit of its own: deep nesting would end the process


class KubeconfigFault(Exception):  # noqa: N818 - the candidate's, not the program's
    """A kubeconfig with which nobody can log in; the message says what is wrong with it."""


@dataclass(frozen=True, repr=False)
class Credentials:
    """One context of a kubeconfig: where it leads and as whom. Certificates and key are PEM text."""

    context: str
    server: str
    namespace: str = "default"
    authority: str | None = None
    insecure: bool = False
    server_name: str | None = None
    certificate: str | None = None
    key: str | None = None
    token: str | None = None


def read_file(path: Path) -> str:
    """Return the text of a regular file of at most 1 MiB; a pipe or device is not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise KubeconfigFault(f"{path} cannot be read: {reason}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise KubeconfigFault(f"{path} is not a file")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise KubeconfigFault(f"{path} is larger than 1 MiB")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise KubeconfigFault(f"{path} is not text") from None


def parse(text: str) -> dict[str, Any]:
    """Return the document of a kubeconfig; raises KubeconfigFault."""
    if len(text) > LARGEST:
        raise KubeconfigFault("it is larger than 1 MiB")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                raise KubeconfigFault("it uses YAML aliases")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise KubeconfigFault("it is nested too deeply")
        document = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, in C where there is one
    except (yaml.YAMLError, ValueError) as error:
        raise KubeconfigFault(f"it is not YAML: {error}") from None
    if not isinstance(document, dict):
        raise KubeconfigFault("it is not a kubeconfig")
    return document


def credentials(config: dict[str, Any], folder: Path, context: str | None = None) -> Credentials:
    """Return what ``context`` (or the current one) holds; paths are relative to ``folder``. Raises KubeconfigFault."""
    name = context or _text(config, "current-context", "it")
    if not name:
        raise KubeconfigFault("current-context is not set")
    chosen = _entry(config, "contexts", "context", name)
    cluster_name, user_name = _text(chosen, "cluster", f"context {name}"), _text(chosen, "user", f"context {name}")
    cluster = _entry(config, "clusters", "cluster", cluster_name or "")
    user = _entry(config, "users", "user", user_name or "")
    _only_plain(cluster, user, cluster_name or "", user_name or "")
    where = f"cluster {cluster_name}"
    return Credentials(
        context=name,
        server=_text(cluster, "server", where) or "",
        namespace=_text(chosen, "namespace", f"context {name}") or "default",
        authority=_pem(cluster, "certificate-authority", folder, where),
        insecure=cluster.get("insecure-skip-tls-verify") is True,
        server_name=_text(cluster, "tls-server-name", where),
        certificate=_pem(user, "client-certificate", folder, f"user {user_name}"),
        key=_pem(user, "client-key", folder, f"user {user_name}"),
        token=_token(user, folder, f"user {user_name}"),
    )


def _entry(config: dict[str, Any], section: str, key: str, name: str) -> dict[str, Any]:
    entries = config.get(section)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("name") == name:
            value = entry.get(key)
            if isinstance(value, dict):
                return value
    raise KubeconfigFault(f"it has no {key} named {name!r}")


def _only_plain(cluster: dict[str, Any], user: dict[str, Any], cluster_name: str, user_name: str) -> None:
    """Refuse what would run a program, lead elsewhere or act as somebody else."""
    if cluster.get("proxy-url"):
        raise KubeconfigFault(f"cluster {cluster_name} goes through a proxy-url")
    for key in ("exec", "auth-provider"):
        if user.get(key):
            raise KubeconfigFault(f"user {user_name} logs in through {key}, which is not run here")
    if user.get("as") or user.get("as-groups") or user.get("as-uid"):
        raise KubeconfigFault(f"user {user_name} impersonates somebody else (as: ...)")


def _text(mapping: dict[str, Any], key: str, where: str) -> str | None:
    value = mapping.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not value.isprintable():
        raise KubeconfigFault(f"{key} of {where} is not a line of text")
    return value


def _pem(mapping: dict[str, Any], key: str, folder: Path, where: str) -> str | None:
    """Return PEM text from ``KEY-data``, which wins as in kubectl, or from the file under ``KEY``."""
    data = mapping.get(f"{key}-data")
    if data:
        try:
            return base64.b64decode("".join(str(data).split()), validate=True).decode()
        except (binascii.Error, ValueError):
            raise KubeconfigFault(f"{key}-data of {where} is not base64 of a PEM text") from None
    path = _text(mapping, key, where)
    return read_file(folder / path) if path else None


def _token(user: dict[str, Any], folder: Path, where: str) -> str | None:
    path = _text(user, "tokenFile", where)
    token = read_file(folder / path).strip() if path else _text(user, "token", where)
    if token and not (token.isascii() and token.isprintable()):
        raise KubeconfigFault(f"the token of {where} is not a line of text")
    return token
