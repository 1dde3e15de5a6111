"""kind's official node image with the thin layer on it, for machines where a registry is in reach."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from setup import shapes
from setup.commands import check
from setup.images import committing, layer
from setup.images import recipe as recipes
from setup.images.committing import commit, container, has, run_script
from setup.images.layer import Release
from setup.images.packages import NAMES
from setup.tools import cache as tools
from setup.tools.pins_node import ETCD_MODULE, RECIPE, digest

EXPORT = "export.sh"
OURS = "cka-labs/lab"  # pulled lab images have this name in the user's runtime, so that none of theirs changes
PULL_WITHIN, SAVE_WITHIN = 1800.0, 600.0  # seconds

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Official:
    """What a node is made of: its image and version, the lab images by name with their digests, and, for a node that
    can be upgraded, the image and version that the newer release is taken from.
    """

    image: str
    version: str
    lab_images: Mapping[str, str]
    newer_image: str = ""
    newer_version: str = ""

    @property
    def tag(self) -> str:
        """The image's name and tag: they end with the digest of all that is in it."""
        parts = [self.image, self.newer_image, ETCD_MODULE.version, digest(shapes.directory() / RECIPE)]
        parts += [f"{name}@{found}" for name, found in sorted(self.lab_images.items())]
        return f"cka-labs/node:{self.version}-official-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:12]}"


def ensure(wanted: Official, cache: Path, runtime: str, tell: Tell) -> str:
    """The tag of the official image with our layer, made if the runtime does not have it; LabsError if it cannot be."""
    folder = cache / RECIPE
    return committing.ensure(wanted.tag, folder, runtime, lambda: _make(wanted, folder, cache, runtime, tell))


def _make(wanted: Official, folder: Path, cache: Path, runtime: str, tell: Tell) -> None:
    etcd = tools.ensure(cache, tell, (ETCD_MODULE,))
    for image in filter(None, (wanted.image, wanted.newer_image)):
        _pull(image, runtime, tell)
    for name, found in wanted.lab_images.items():
        _pull(_pinned(name, found), runtime, tell)
    with TemporaryDirectory(dir=folder, prefix="staging-") as temporary:
        staging = Path(temporary)
        release = _release(wanted.image, wanted.version, staging / "own", runtime)
        newer = None
        if wanted.newer_image:
            tell(f"taking what an upgrade to {wanted.newer_version} needs out of its image")
            newer = _release(wanted.newer_image, wanted.newer_version, staging / "newer", runtime)
            _export(wanted.newer_image, staging, runtime)
        names = _save(wanted.lab_images, staging / "images-labs.tar", runtime)
        layer.stage(recipes.load(), etcd, release, newer, names, staging)
        tell("laying labs' tools and images over the node image")
        commit(layer.SCRIPT, wanted.image, wanted.tag, wanted.version, staging, runtime)


def _pull(image: str, runtime: str, tell: Tell) -> None:
    if not has(image, runtime):
        tell(f"pulling {image.split('@', maxsplit=1)[0]}")
        check([runtime, "pull", "--quiet", image], deadline=PULL_WITHIN)


def _pinned(name: str, found: str) -> str:
    return f"{name.rsplit(':', 1)[0]}@{found}"


def _release(image: str, version: str, folder: Path, runtime: str) -> Release:
    """The binaries that are packaged, copied out of a node image."""
    folder.mkdir()
    with container(f"cka-labs-copy-{os.getpid()}", runtime) as name:
        check([runtime, "create", "--name", name, image], deadline=120)
        for each in NAMES:
            check([runtime, "cp", f"{name}:/usr/bin/{each}", str(folder / each)], deadline=120)
    return Release(version, {each: folder / each for each in NAMES})


def _export(image: str, staging: Path, runtime: str) -> None:
    script = staging / EXPORT
    script.write_bytes((shapes.directory() / RECIPE / EXPORT).read_bytes())
    with container(f"cka-labs-export-{os.getpid()}", runtime) as name:
        run_script(EXPORT, image, staging, name, runtime)


def _save(images: Mapping[str, str], archive: Path, runtime: str) -> Mapping[str, str]:
    """Write the images into one archive; the names that they have there, and those they get in the node."""
    names = {f"{OURS}/{name.rsplit('/', 1)[1]}": name for name in images}
    for ours, name in names.items():
        check([runtime, "tag", _pinned(name, images[name]), ours], deadline=60)
    check([runtime, "save", "--output", str(archive), *names], deadline=SAVE_WITHIN)
    return {f"docker.io/{ours}": name for ours, name in names.items()}
