"""Files in a lab's folder that nothing uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import ways
from harness.node_scripts import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KNOWN = {"mutants.yaml", "lab.yaml", "task.md", "checks.py", "start", "solutions", "wrong", "README.md"}
NODE_SCRIPTS = ("control_plane.sh", "worker.sh", "worker2.sh")


def stray_files(lab: Path) -> Iterator[tuple[str, str]]:
    """Where such a file lies, below the folder of labs, and why nothing uses it."""
    for entry in sorted(lab.iterdir()):
        if entry.name not in KNOWN and entry.name != "__pycache__":
            yield _place(lab, entry), "is not part of a lab: nothing uses it"
    yield from _of_start(lab)
    for kind in ("solutions", "wrong"):
        yield from _of_ways(lab, kind)


def _of_start(lab: Path) -> Iterator[tuple[str, str]]:
    for file in sorted((lab / "start").glob("*")):
        if not (file.is_dir() and file.name in ("work", FOLDER)) and not ways.rendered_name(file).endswith(".yaml"):
            yield _place(lab, file), "is neither *.yaml, *.yaml.j2, nor the folder work or nodes"
    for file in sorted((lab / "start" / FOLDER).glob("*")):
        if ways.rendered_name(file) not in NODE_SCRIPTS:
            yield _place(lab, file), f"is none of {', '.join(NODE_SCRIPTS)}"


def _of_ways(lab: Path, kind: str) -> Iterator[tuple[str, str]]:
    for entry in sorted((lab / kind).glob("*")):
        if not entry.is_dir():
            yield _place(lab, entry), "is no folder: each way has one of its own"
    for file in sorted((lab / kind).glob("*/*")):
        if file.is_dir() or file.name.startswith("."):
            yield _place(lab, file), "is never used: the files of a way lie in its folder, and none is hidden"


def _place(lab: Path, file: Path) -> str:
    return str(file.relative_to(lab.parent))
