"""The node image: built once for each version and recipe, then kept by the container runtime."""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from setup import shapes
from setup.commands import check
from setup.errors import LabsError
from setup.images import archive, committing, debian, lab, layer
from setup.images import recipe as recipes
from setup.images.committing import WITHIN, commit, has
from setup.images.layer import Release
from setup.images.recipe import Contents, Recipe
from setup.tools import cache as tools
from setup.tools.pins import KUBERNETES
from setup.tools.pins_node import PREVIOUS, RECIPE, digest, kubernetes, modules

NAME = "cka-labs/node"
SCRIPT = "install.sh"  # goes on with the layer's
UNPACKING = ("--privileged", "--mount", "type=volume,destination=/unpacked")  # to mount layers, on a volume of its own

Tell = Callable[[str], None]


def tag(version: str) -> str:
    """The image's name and tag: they end with the digest of the recipe and of everything that it pins."""
    pinned = [digest(shapes.directory() / RECIPE)]
    pinned += [f"{each.name} {each.version} {digest(each.directory)}" for each in modules(version)]
    return f"{NAME}:{version}-{hashlib.sha256(chr(10).join(pinned).encode()).hexdigest()[:12]}"


def present(version: str, runtime: str) -> bool:
    """Whether the runtime (the command ``docker`` or ``podman``) has the image."""
    return has(tag(version), runtime)


def ensure(version: str, cache: Path, runtime: str, tell: Tell) -> str:
    """The tag of the node image of a Kubernetes version, built if the runtime does not have it.

    ``cache`` keeps binaries and Debian trees. LabsError where there is no recipe for the version or it cannot be made.
    """
    if version not in (KUBERNETES, PREVIOUS):
        raise LabsError(
            f"there is no recipe for a node of Kubernetes {version}", f"there is {KUBERNETES} and {PREVIOUS}"
        )
    wanted = tag(version)
    return committing.ensure(wanted, cache / RECIPE, runtime, lambda: _make(version, wanted, cache, runtime, tell))


def _make(version: str, wanted: str, cache: Path, runtime: str, tell: Tell) -> None:
    recipe = recipes.load()
    folder = cache / RECIPE
    binaries = tools.ensure(cache, tell, modules(version))
    newer = tools.ensure(cache, tell, (kubernetes(KUBERNETES),)) if version != KUBERNETES else {}
    node = debian.tree(recipe.packages, folder, tell)
    labs = debian.tree(recipe.lab_packages, folder, tell)
    with TemporaryDirectory(dir=folder, prefix="staging-") as temporary:
        staging = Path(temporary)
        tell("making the images of the control plane and the labs")
        sources = lab.Sources(binaries, node, labs, recipe.directory / "images")
        own = {**_control_plane(recipe, version, binaries), **recipe.system_images, **recipe.lab_images}
        _write_images(own, version, sources, staging)
        if newer:
            later = lab.Sources({**binaries, **newer}, node, labs, sources.overlays)
            _write_images(_control_plane(recipe, KUBERNETES, newer), KUBERNETES, later, staging)
        _stage(recipe, version, binaries, staging)
        upgrade = Release(KUBERNETES, newer) if newer else None
        layer.stage(recipe, binaries, Release(version, binaries), upgrade, {}, staging)
        base = _base(node, staging, runtime, tell)
        tell("installing the node")
        commit(SCRIPT, base, wanted, version, staging, runtime, *UNPACKING)


def _control_plane(recipe: Recipe, version: str, binaries: Mapping[str, Path]) -> Mapping[str, Contents]:
    """The images that kubeadm asks for, by the names that it asks for."""
    listing = [str(binaries["kubeadm"]), "config", "images", "list", "--kubernetes-version", version]
    return {name: recipe.control_plane[_last(name)] for name in check(listing, deadline=60).text.split()}


def _write_images(images: Mapping[str, Contents], version: str, sources: lab.Sources, staging: Path) -> None:
    layers = staging / "layers"
    layers.mkdir(exist_ok=True)
    built = [lab.build(name, each, sources, layers) for name, each in images.items()]
    archive.write(built, staging / f"images-{version}.tar")


def _last(name: str) -> str:
    return name.rsplit("/", 1)[1].split(":", maxsplit=1)[0]


def _stage(recipe: Recipe, version: str, binaries: Mapping[str, Path], staging: Path) -> None:
    rootfs = staging / "rootfs"
    shutil.copytree(recipe.directory / "rootfs", rootfs)
    for to, names in recipe.binaries.items():
        if to.startswith("/"):
            for name in names:
                layer.put(binaries[name], rootfs / to.lstrip("/") / name)
    shutil.copy(recipe.directory / "netpol/default-cni.yaml", rootfs / "kind/manifests")
    (rootfs / "kind/version").write_text(version)
    shutil.copy(recipe.directory / SCRIPT, staging)


def _base(node: Path, staging: Path, runtime: str, tell: Tell) -> str:
    """The Debian tree as an image, without its devices."""
    name = f"cka-labs/debian:{node.name}"
    if not has(name, runtime):
        tell("importing the Debian base")
        tar = staging / "debian.tar"
        check(
            ["tar", "-C", str(node), "--exclude=./dev/*", "--exclude=./proc/*", "-cf", str(tar), "."], deadline=WITHIN
        )
        check([runtime, "import", str(tar), name], deadline=WITHIN)
        tar.unlink()
    return name
