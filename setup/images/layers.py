"""Layers of container images as tar files: the same contents give the same bytes, so nodes keep each layer once."""

import hashlib
import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One name in a layer: a file of ours, a link, or a folder (neither). ``mode`` as in chmod(2)."""

    path: str
    source: Path | None = None
    link: str = ""
    mode: int = 0o755


@dataclass(frozen=True)
class Layer:
    """A written layer and its SHA-256, which is also its diff id (nothing is compressed)."""

    file: Path
    sha256: str


def write(entries: Iterable[Entry], folder: Path) -> Layer:
    """Write a layer into ``folder``, named by its digest; owner root, times zero, sorted by name."""
    part = folder / "layer.part"
    with tarfile.open(part, "w", format=tarfile.GNU_FORMAT) as tar:
        for entry in sorted({each.path: each for each in entries}.values(), key=lambda each: each.path):
            _add(tar, entry)
    sha256 = file_digest(part)
    return Layer(part.replace(folder / f"{sha256}.tar"), sha256)


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def add_bytes(tar: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    """Add a small file to an archive."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), mode
    tar.addfile(info, io.BytesIO(content))


def _add(tar: tarfile.TarFile, entry: Entry) -> None:
    info = tarfile.TarInfo(entry.path.lstrip("/"))
    info.mode = entry.mode
    if entry.link:
        info.type, info.linkname = tarfile.SYMTYPE, entry.link
        tar.addfile(info)
    elif entry.source is None:
        info.type = tarfile.DIRTYPE
        tar.addfile(info)
    else:
        info.size = entry.source.stat().st_size
        with entry.source.open("rb") as file:
            tar.addfile(info, file)


def tree_entries(folder: Path, to: str = "/") -> tuple[Entry, ...]:
    """Every file below ``folder`` as an entry below ``to``, executable where it is."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return tuple(
        Entry(str(Path(to) / path.relative_to(folder)), path, mode=0o755 if path.stat().st_mode & 0o100 else 0o644)
        for path in files
    )
