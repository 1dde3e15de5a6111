"""Debian packages of the Kubernetes binaries, and the repository in a node that serves them with no network."""

import gzip
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from setup.images.layers import add_bytes, file_digest
from setup.tools.pins import target

REVISION = "1.1"  # as the community's own packages: 1.36.3-1.1
NAMES = ("kubeadm", "kubectl", "kubelet")


def package_version(version: str) -> str:
    """The version of the packages of a Kubernetes version."""
    return f"{version.removeprefix('v')}-{REVISION}"


def build(binaries: Mapping[str, Path], version: str, folder: Path) -> tuple[Path, ...]:
    """Write a package for each of kubeadm, kubectl and kubelet into ``folder``; deb(5)."""
    return tuple(_build(name, binaries[name], package_version(version), folder) for name in NAMES)


def index(folder: Path) -> None:
    """Write the ``Packages`` file that makes a folder of packages a flat repository."""
    paragraphs = []
    for path in sorted(folder.glob("*.deb")):
        name, version, _ = path.stem.split("_")
        lines = (
            *_fields(name, version),
            f"Filename: ./{path.name}",
            f"Size: {path.stat().st_size}",
            f"SHA256: {file_digest(path)}",
        )
        paragraphs.append("\n".join(lines) + "\n")
    (folder / "Packages").write_text("\n".join(paragraphs))


def _fields(name: str, version: str) -> tuple[str, ...]:
    return (
        f"Package: {name}",
        f"Version: {version}",
        f"Architecture: {target().split('/')[1]}",
        "Maintainer: cka-labs",
        "Section: admin",
        "Priority: optional",
        f"Description: {name} of Kubernetes",
    )


def _build(name: str, binary: Path, version: str, folder: Path) -> Path:
    path = folder / f"{name}_{version}_{target().split('/')[1]}.deb"
    control = "\n".join((*_fields(name, version), "")).encode()
    with path.open("wb") as file:
        file.write(b"!<arch>\n")
        file.write(_member("debian-binary", b"2.0\n"))
        file.write(_member("control.tar.gz", _archive({"control": (control, 0o644)})))
        file.write(_member("data.tar.gz", _archive({f"usr/bin/{name}": (binary.read_bytes(), 0o755)})))
    return path


def _archive(files: Mapping[str, tuple[bytes, int]]) -> bytes:
    plain = BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, (content, mode) in files.items():
            add_bytes(tar, f"./{name}", content, mode)
    return gzip.compress(plain.getvalue(), compresslevel=1, mtime=0)


def _member(name: str, content: bytes) -> bytes:
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n"
    return header.encode() + content + b"\n" * (len(content) % 2)
