"""The thin layer on every node image: etcdctl and etcdutl, lab images, Kubernetes as packages, an upgrade's needs."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from setup.images import packages
from setup.images.recipe import Recipe

SCRIPT = "layer.sh"
TOOLS = ("etcdctl", "etcdutl")
REPOSITORY = "opt/labs/apt"  # in the node


@dataclass(frozen=True)
class Release:
    """A Kubernetes version and its binaries by name."""

    version: str
    binaries: Mapping[str, Path]


def stage(
    recipe: Recipe,
    tools: Mapping[str, Path],
    release: Release,
    newer: Release | None,
    names: Mapping[str, str],
    staging: Path,
) -> None:
    """Lay out in ``staging`` what layer.sh installs; the archives of images are the caller's to write there.

    ``tools`` are etcdctl and etcdutl; ``newer`` is what the node can be upgraded to; ``names`` maps the names that
    images have in the archives to those they get in the node, where these differ.
    """
    root = staging / "layer"
    for name in TOOLS:
        put(tools[name], root / "usr/local/bin" / name)
    put(recipe.directory / "metrics-server.yaml", root / "kind/manifests/metrics-server.yaml")
    repository = root / REPOSITORY
    repository.mkdir(parents=True)
    if newer:
        packages.build(newer.binaries, newer.version, repository)
    packages.index(repository)
    (staging / "packages").mkdir()
    packages.build(release.binaries, release.version, staging / "packages")
    (staging / "names").write_text("".join(f"{here} {there}\n" for here, there in names.items()))
    shutil.copy(recipe.directory / SCRIPT, staging)


def put(source: Path, target: Path) -> None:
    """Link a file to its place, or copy it where links cannot be made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)
