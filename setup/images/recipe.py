"""The recipe of the node image, read from kind-clusters/node-image."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from setup import shapes
from setup.tools.pins_node import RECIPE


@dataclass(frozen=True)
class Contents:
    """What one image holds and runs; paths are those in the image, and the last part of a binary's is its name."""

    binaries: tuple[str, ...] = ()
    node_files: tuple[str, ...] = ()
    lab_files: tuple[str, ...] = ()
    shell: bool = False
    overlay: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """The whole recipe; ``binaries`` are names by the folder of the node that they go to."""

    directory: Path
    packages: tuple[str, ...]
    lab_packages: tuple[str, ...]
    binaries: Mapping[str, tuple[str, ...]]
    control_plane: Mapping[str, Contents]
    system_images: Mapping[str, Contents]
    lab_images: Mapping[str, Contents]
    load_balancer: Contents


def load() -> Recipe:
    """Read recipe.yaml."""
    directory = shapes.directory() / RECIPE
    said = yaml.safe_load((directory / "recipe.yaml").read_text())
    return Recipe(
        directory,
        tuple(said["packages"]),
        tuple(said["lab-packages"]),
        {folder: tuple(names) for folder, names in said["binaries"].items()},
        {name: _contents(each) for name, each in said["control-plane"].items()},
        {name: _contents(each) for name, each in said["system-images"].items()},
        {name: _contents(each) for name, each in said["lab-images"].items()},
        _contents(said["load-balancer"]),
    )


def _contents(said: Mapping[str, Any]) -> Contents:
    values: dict[str, Any] = {key.replace("-", "_"): value for key, value in said.items()}
    listed = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    return Contents(**(values | listed))
