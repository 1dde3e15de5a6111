"""The images in a node, as the recipe names them: of Go binaries, and of files taken out of Debian trees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from setup.commands import check
from setup.images import debian
from setup.images.archive import Built
from setup.images.layers import Entry, Layer, tree_entries, write
from setup.images.recipe import Contents

BUSYBOX = "/usr/bin/busybox"
WRITABLE = Entry("/tmp", mode=0o1777)  # noqa: S108 - a folder in an image


@dataclass(frozen=True)
class Sources:
    """What images are made of: Go binaries by name, the trees of the node's and the labs' packages, overlays."""

    binaries: Mapping[str, Path]
    node: Path
    lab: Path
    overlays: Path


def build(name: str, contents: Contents, sources: Sources, folder: Path) -> Built:
    """Make one image; its layers are written into ``folder``."""
    layers = tuple(_layers(contents, sources, folder))
    return Built(name, layers, contents.entrypoint, contents.command, contents.ports)


def _layers(contents: Contents, sources: Sources, folder: Path) -> Iterator[Layer]:
    yield write((WRITABLE, *tree_entries(sources.overlays / "common")), folder)
    if contents.shell:
        yield write(_shell(sources.lab), folder)
    if contents.node_files:
        yield write(debian.pick(sources.node, contents.node_files), folder)
    if contents.lab_files:
        yield write(debian.pick(sources.lab, contents.lab_files), folder)
    for path in contents.binaries:
        yield write((Entry(path, sources.binaries[Path(path).name]),), folder)
    if contents.overlay:
        yield write(tree_entries(sources.overlays / contents.overlay), folder)


def _shell(lab: Path) -> tuple[Entry, ...]:
    """Busybox, linked dynamically (its static twin dies in DNS look-ups), and its commands."""
    commands = check(["chroot", str(lab), BUSYBOX, "--list"], deadline=20).text.split()
    links = (Entry(f"/usr/bin/{each}", link="busybox", mode=0o777) for each in commands if each != "busybox")
    return (*links, *debian.pick(lab, (BUSYBOX,)))
