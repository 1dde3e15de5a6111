"""Debian trees: made by debootstrap, kept in the cache, and taken apart for small images."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from setup.commands import check, run
from setup.errors import LabsError
from setup.images.layers import Entry

SUITE = "bookworm"  # its systemd 252 still runs on cgroup v1
WITHIN = 1200.0  # seconds
MERGED = ("bin", "sbin", "lib", "lib64")  # links into usr/


def tree_name(packages: Sequence[str]) -> str:
    """The digest that stands for a list of packages, in twelve hexadecimal digits."""
    return hashlib.sha256("\n".join((SUITE, *sorted(packages))).encode()).hexdigest()[:12]


def tree(packages: Sequence[str], cache: Path, tell: Callable[[str], None]) -> Path:
    """A Debian system of these packages as a folder; LabsError where it cannot be made."""
    directory = cache / "debian" / tree_name(packages)
    if directory.is_dir():
        return directory
    if shutil.which("debootstrap") is None or os.geteuid() != 0:
        raise LabsError("a node image is made by debootstrap, as root", "apt-get install debootstrap, and run as root")
    part = directory.with_name(directory.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    tell(f"installing {len(packages)} Debian packages and what they need into {directory}")
    chosen = f"--include={','.join(packages)}"
    check(["debootstrap", "--variant=minbase", chosen, SUITE, str(part)], deadline=WITHIN)
    for leftover in (*part.glob("var/cache/apt/archives/*.deb"), *part.glob("var/lib/apt/lists/*_*")):
        leftover.unlink()
    return part.rename(directory)


def pick(root: Path, paths: Iterable[str]) -> tuple[Entry, ...]:
    """The named files of a tree (folders whole), with links followed and the libraries that they are linked to."""
    found: dict[str, Entry] = {f"/{name}": Entry(f"/{name}", link=f"usr/{name}") for name in MERGED}
    waiting = [each for path in paths for each in _files(root, path)]
    programs = []
    while waiting:
        path = _canonical(waiting.pop())
        if path in found:
            continue
        real = root / path.lstrip("/")
        if real.is_symlink():
            link = str(real.readlink())
            found[path] = Entry(path, link=link, mode=0o777)
            waiting.append(str(Path(path).parent / link))
            continue
        found[path] = Entry(path, real, mode=real.stat().st_mode & 0o7777)
        if _is_elf(real):
            programs.append(path)
            waiting.extend(_libraries(root, path))
    return tuple(found.values())


def _files(root: Path, path: str) -> list[str]:
    real = root / path.lstrip("/")
    if real.is_dir() and not real.is_symlink():
        return ["/" + str(each.relative_to(root)) for each in real.rglob("*") if not each.is_dir()]
    return [path]


def _canonical(path: str) -> str:
    """The path with the links of the merged /usr followed, its last part not."""
    clean = os.path.normpath(path)
    first = clean.split("/")[1]
    return f"/usr{clean}" if first in MERGED else clean


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _libraries(root: Path, path: str) -> list[str]:
    """Paths of the shared libraries, and of the loader, of a program in the tree."""
    answer = run(["chroot", str(root), "ldd", path], deadline=20).text
    return [word for word in answer.split() if word.startswith("/")]
