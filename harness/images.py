"""The images that a lab's containers name, and whether they can be had."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness.certification.walk import texts
from harness.task import example_variables
from harness.ways import Way, solutions
from harness.yaml_files import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.lab import Lab

OPTION = re.compile(r"--image[= ]([^\s\"']+)")
REFERENCE = re.compile(r"[a-z0-9][a-z0-9./_-]*(:\d+/[a-z0-9./_-]+)?(:[\w][\w.-]*|@sha256:[0-9a-f]{64})")


def image_problems(lab: Lab) -> Iterator[tuple[str, str]]:
    """Where an image stands that is unknown, and what is wrong; of the start and the solutions.

    Labs use the images that every node has, also where they would do on simulated nodes: an exam may put them on real
    ones. ``missing_images`` of lab.yaml are those that a fault needs to be absent.
    """
    known = set(_in_nodes())
    variables = example_variables(lab)
    for way in (Way(lab.folder / "start"), *solutions(lab.folder)):
        place = str(way.folder.relative_to(lab.folder.parent))
        for image in dict.fromkeys(images(texts(way, variables))):
            if image in lab.spec.missing_images:
                continue
            if not REFERENCE.fullmatch(image):
                yield place, f"the image {image!r} has no version, or is not the name of one"
            elif full_name(image) not in known:
                yield place, f"no node has the image {image}; they have {', '.join(sorted(known))}"


def images(files: Mapping[str, str]) -> Iterator[str]:
    """The images in these files (rendered, by name): of containers, and of kubectl's --image."""
    for file, text in files.items():
        if file.endswith(".yaml"):
            for document in parse(text, file):
                yield from _of_containers(document)
        elif file.endswith(".sh"):
            yield from (name for name in OPTION.findall(text) if "$" not in name)


def full_name(image: str) -> str:
    """The name with its registry, as container runtimes fill it in."""
    first, slash, _ = image.partition("/")
    if not slash:
        return f"docker.io/library/{image}"
    return image if "." in first or ":" in first else f"docker.io/{image}"


def _of_containers(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("containers", "initContainers", "ephemeralContainers") and isinstance(each, list):
                yield from (c["image"] for c in each if isinstance(c, dict) and isinstance(c.get("image"), str))
            yield from _of_containers(each)
    elif isinstance(value, list):
        for each in value:
            yield from _of_containers(each)


def _in_nodes() -> Iterator[str]:
    from setup.images.recipe import load  # noqa: PLC0415  (late: only lint and certify)

    yield from load().lab_images
