"""Making an image out of a container in which a script of the recipe has run."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from setup.commands import check, run

CHANGES = (  # what kind runs: pkg/build/nodeimage of the pinned kind
    'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]',
    "CMD []",
    "ENV container=docker",
)
STOP = "SIGRTMIN+3"  # what ends systemd; commit takes it over from the container
WITHIN = 900.0  # seconds
LABEL = "cka-labs.node"


def has(image: str, runtime: str) -> bool:
    """Whether the runtime (the command ``docker`` or ``podman``) has the image."""
    return run([runtime, "image", "inspect", image], deadline=20).code == 0


def ensure(image: str, folder: Path, runtime: str, make: Callable[[], None]) -> str:
    """The image's name; ``make`` is called if the runtime does not have it, by one process at a time in ``folder``."""
    if not has(image, runtime):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "making.lock"):
            if not has(image, runtime):
                make()
    return image


def run_script(script: str, base: str, staging: Path, name: str, runtime: str, *options: str) -> None:
    """Run a script of ``staging``, which the container sees as /recipe, in a container of ``base``; no network."""
    words = ("--volume", f"{staging}:/recipe", "--network", "none", "--stop-signal", STOP)
    check(
        [runtime, "run", "--name", name, *words, *options, "--entrypoint", "/bin/bash", base, f"/recipe/{script}"],
        deadline=WITHIN,
    )


def commit(script: str, base: str, wanted: str, version: str, staging: Path, runtime: str, *options: str) -> None:
    """Run the script in a container of ``base``, with ``options``, and keep the container as the image ``wanted``."""
    with container(f"cka-labs-node-{os.getpid()}", runtime) as name:
        run_script(script, base, staging, name, runtime, *options)
        changes = [word for change in (*CHANGES, f"LABEL {LABEL}={version}") for word in ("--change", change)]
        check([runtime, "commit", *changes, name, wanted], deadline=WITHIN)


@contextmanager
def container(name: str, runtime: str) -> Iterator[str]:
    """A container's name; whatever has it is removed at the end."""
    try:
        yield name
    finally:
        run([runtime, "rm", "--force", "--volumes", name], deadline=120)
