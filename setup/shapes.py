"""The nodes of each shape, read from kind-clusters/."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from setup.errors import LabsError

CHECKOUT = Path(__file__).resolve().parent.parent / "kind-clusters"
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
    return tuple(sorted(path.stem for path in directory().glob("*.yaml")))


def nodes(shape: str) -> tuple[Node, ...]:
    """The nodes of a shape, in the order of its file; LabsError when there is no such shape."""
    path = directory() / f"{shape}.yaml"
    if shape not in shapes():
        raise LabsError(f"there is no shape {shape!r}", f"the shapes are: {', '.join(shapes())}", code=2)
    config = yaml.safe_load(path.read_text())
    seen: dict[str, int] = {}
    found = []
    for number, each in enumerate(config["nodes"]):
        role = each["role"]
        seen[role] = seen.get(role, 0) + 1
        suffix = str(seen[role]) if seen[role] > 1 else ""
        found.append(Node(number, f"{config['name']}-{role}{suffix}", role == "control-plane"))
    return tuple(found)
