"""The files under a lab's start/: manifests for the cluster, and what lies in the candidate's work folder."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from harness.rendering import render
from harness.ways import files_of, rendered_name
from harness.yaml_files import read_text
from setup.state import Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.lab import Lab


def read_manifests(lab: Lab, variables: Mapping[str, Any]) -> tuple[Manifest, ...]:
    """The manifests of start/, rendered, in the order of their names."""
    files = [file for file in files_of(lab.folder / "start") if rendered_name(file).endswith(".yaml")]
    return tuple(
        Manifest(f"{lab.slug}/start/{file.name}", render(read_text(file), variables, str(file)))
        if file.suffix == ".j2"
        else Manifest(f"{lab.slug}/start/{file.name}", read_text(file))
        for file in files
    )


def lay_out_work(lab: Lab, work: Path, variables: Mapping[str, Any]) -> None:
    """Copy start/work/ into the candidate's folder; ``*.j2`` are rendered and lose the suffix."""
    source = lab.folder / "start" / "work"
    for file in sorted(source.rglob("*")):
        target = work / file.relative_to(source)
        if file.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif file.suffix == ".j2":
            target.with_suffix("").write_text(render(read_text(file), variables, str(file)), encoding="utf-8")
        else:
            shutil.copy(file, target)
