"""Kubeconfig files, with the certificates inside."""

from base64 import b64encode
from pathlib import Path

import yaml

from setup.files import write_secret


def write_kubeconfig(path: Path, server: str, ca: Path, user: str, login: Path, *, inline: bool) -> None:
    """Write a kubeconfig of one cluster, one user and one context.

    ``login`` is the path of ``….crt`` with ``….key`` beside it. ``inline`` puts the certificates into the file, as
    kubeadm does; without it the file names their paths, so that no client has to unpack them somewhere.
    """
    key = login.with_suffix(".key")
    cluster = {"server": server, **_file("certificate-authority", ca, inline)}
    credentials = {**_file("client-certificate", login, inline), **_file("client-key", key, inline)}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "kubernetes", "cluster": cluster}],
        "users": [{"name": user, "user": credentials}],
        "contexts": [{"name": f"{user}@kubernetes", "context": {"cluster": "kubernetes", "user": user}}],
        "current-context": f"{user}@kubernetes",
    }
    write_secret(path, yaml.safe_dump(config, sort_keys=False).encode())


def _file(name: str, path: Path, inline: bool) -> dict[str, str]:
    return {f"{name}-data": b64encode(path.read_bytes()).decode()} if inline else {name: str(path)}
