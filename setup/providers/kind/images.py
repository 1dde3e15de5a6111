"""Which node image a cluster is made of: kind's official one where it can be had, else the one built here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from setup import shapes
from setup.progress import Tell
from setup.providers.kind.runtime import Runtime
from setup.tools.download import reachable

if TYPE_CHECKING:
    from setup.images.official import Official

REGISTRY = "https://registry-1.docker.io"
PULL_WITHIN = 1800.0  # seconds


@dataclass(frozen=True)
class NodeImage:
    """A node image and the Kubernetes version in it."""

    version: str
    image: str


def table() -> Mapping[str, Any]:
    """What kind-clusters/images.yaml says."""
    loaded: Mapping[str, Any] = yaml.safe_load((shapes.directory() / shapes.IMAGES).read_text())
    return loaded


def generation(shape: str) -> str:
    """Whether a shape is made of the ``current`` or the ``previous`` image."""
    return str(table()["shapes"].get(shape, "current"))


def entry(shape: str, source: str) -> NodeImage:
    """The ``official`` or ``built`` image of a shape, as the table has it."""
    return NodeImage(**table()[generation(shape)][source])


def ensure(shape: str, runtime: Runtime, cache: Path, tell: Tell) -> NodeImage:
    """The image for a shape, present in the runtime: what is there already, else official, else built."""
    from setup.images import node, official  # heavy, and not needed where a cluster runs

    wanted, built = _official(shape), entry(shape, "built")
    modern = str(runtime.info.get("CgroupVersion", "2")) != "1"  # official images of 1.35 and newer want version 2
    there = modern and runtime.has_image(wanted.tag)
    if there or (modern and reachable(REGISTRY) and not node.present(built.version, runtime.program)):
        made = official.ensure(wanted, cache, runtime.program, tell)
        return NodeImage(wanted.version, runtime.own(made))
    return NodeImage(built.version, runtime.own(node.ensure(built.version, cache, runtime.program, tell)))


def _official(shape: str) -> "Official":
    """The official image of a shape with what our layer puts on it."""
    from setup.images.official import Official

    said, own = table(), entry(shape, "official")
    newest = NodeImage(**said["current"]["official"])
    if newest == own:
        return Official(own.image, own.version, said["lab-images"])
    return Official(own.image, own.version, said["lab-images"], newest.image, newest.version)


def ensure_load_balancer(shape: str, runtime: Runtime, cache: Path, tell: Tell) -> None:
    """Have the image of kind's load balancer in the runtime where a shape has several control planes."""
    said = table()["load-balancer"]
    if sum(node.control_plane for node in shapes.nodes(shape)) < 2 or runtime.has_image(said["name"]):
        return
    if reachable(REGISTRY):
        tell(f"pulling {said['name']}")
        pinned = f"{said['name'].rsplit(':', 1)[0]}@{said['digest']}"
        runtime.check("pull", "--quiet", pinned, deadline=PULL_WITHIN)
        runtime.check("tag", pinned, said["name"])
        return
    from setup.images import load_balancer

    load_balancer.build(said["name"], cache, runtime.program, tell)
