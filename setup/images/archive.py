"""Container images in one archive, as `docker save` writes it and `ctr images import` reads it."""

import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from setup.images.layers import Layer, add_bytes
from setup.tools.pins import target

SEARCH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True)
class Built:
    """An image: its full name with registry and tag, its layers from the bottom up, and what it runs."""

    name: str
    layers: tuple[Layer, ...]
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()


def write(images: Sequence[Built], file: Path) -> None:
    """Write all images into one archive; a layer that several have is in it once."""
    with tarfile.open(file, "w", format=tarfile.GNU_FORMAT) as tar:
        for layer in sorted({each.sha256: each for image in images for each in image.layers}.values(), key=_digest):
            tar.add(layer.file, f"{layer.sha256}.tar")
        manifest = []
        for number, image in enumerate(images):
            add_bytes(tar, f"{number}.json", json.dumps(_config(image)).encode())
            layers = [f"{layer.sha256}.tar" for layer in image.layers]
            manifest.append({"Config": f"{number}.json", "RepoTags": [image.name], "Layers": layers})
        add_bytes(tar, "manifest.json", json.dumps(manifest).encode())


def _digest(layer: Layer) -> str:
    return layer.sha256


def _config(image: Built) -> dict[str, object]:
    system, architecture = target().split("/")
    run: dict[str, object] = {
        "Env": [SEARCH],
        "Entrypoint": list(image.entrypoint) or None,
        "Cmd": list(image.command) or None,
        "ExposedPorts": {port: {} for port in image.ports} or None,
        "WorkingDir": "/",
    }
    return {
        "created": EPOCH,
        "os": system,
        "architecture": architecture,
        "config": {key: value for key, value in run.items() if value is not None},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer.sha256}" for layer in image.layers]},
        "history": [{"created": EPOCH, "created_by": "cka-labs"} for _ in image.layers],
    }
