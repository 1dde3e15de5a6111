"""The nodes of each shape, read from kind-clusters/."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from setup.errors import LabsError

CHECKOUT = Path(__file__).resolve().parent.parent / "kind-clusters"
IMAGES = "images.yaml"  # lies beside the shapes and is none
INSTALLED = Path(__file__).resolve().parent / "kind-clusters"


@dataclass(frozen=True)
class Node:
    """One node of a shape, named as kind names it; ``number`` counts from 0."""

    number: int
    name: str
    control_plane: bool


def directory() -> Path:
    """Where the shapes are: in the checkout, else beside this module in the wheel."""
    return CHECKOUT if CHECKOUT.is_dir() else INSTALLED


def shapes() -> tuple[str, ...]:
    """The names of all shapes."""
    return tuple(sorted(path.stem for path in directory().glob("*.yaml") if path.name != IMAGES))


def configuration(shape: str) -> dict[str, Any]:
    """The kind configuration of a shape; LabsError when there is no such shape."""
    if shape not in shapes():
        raise LabsError(f"there is no shape {shape!r}", f"the shapes are: {', '.join(shapes())}", code=2)
    loaded: dict[str, Any] = yaml.safe_load((directory() / f"{shape}.yaml").read_text())
    return loaded


def nodes(shape: str) -> tuple[Node, ...]:
    """The nodes of a shape, in the order of its file; LabsError when there is no such shape."""
    return named(configuration(shape))


def named(config: Mapping[str, Any]) -> tuple[Node, ...]:
    """The nodes of a kind configuration, named after its ``name`` (sigs.k8s.io/kind MakeNodeNamer)."""
    seen: dict[str, int] = {}
    found = []
    for number, each in enumerate(config["nodes"]):
        role = each["role"]
        seen[role] = seen.get(role, 0) + 1
        suffix = str(seen[role]) if seen[role] > 1 else ""
        found.append(Node(number, f"{config['name']}-{role}{suffix}", role == "control-plane"))
    return tuple(found)
