"""Which node image a cluster is made of: kind's official one where it can be had, else the one built here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from setup import shapes
from setup.errors import LabsError
from setup.progress import Tell
from setup.providers.kind.runtime import Runtime
from setup.tools.download import reachable

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
    from setup.images import node

    official, built = entry(shape, "official"), entry(shape, "built")
    modern = str(runtime.info().get("CgroupVersion", "2")) != "1"  # official images of 1.35 and newer want version 2
    if modern and runtime.has_image(official.image):
        return official
    if modern and reachable(REGISTRY) and not node.present(built.version, runtime.program):
        tell(f"pulling {official.image.split('@')[0]}")
        runtime.check("pull", "--quiet", official.image, deadline=PULL_WITHIN)
        return official
    return NodeImage(built.version, node.ensure(built.version, cache, runtime.program, tell))


def load_balancer_missing(shape: str, runtime: Runtime) -> str | None:
    """Why kind's load balancer cannot be had for a shape with several control planes, or None."""
    control_planes = sum(node.control_plane for node in shapes.nodes(shape))
    image = str(table()["load-balancer"])
    if control_planes < 2 or runtime.has_image(image) or reachable(REGISTRY):
        return None
    return f"the image of kind's load balancer, {image}, is not in {runtime.program} and no registry is in reach"


def require_load_balancer(shape: str, runtime: Runtime) -> None:
    """LabsError where the shape needs a load balancer that cannot be had."""
    why = load_balancer_missing(shape, runtime)
    if why:
        raise LabsError(why, f"on a machine with a network: {runtime.program} pull {table()['load-balancer']}")
