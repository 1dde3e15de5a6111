"""The mutants that a lab calls equally right, each with the reason: its file mutants.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.yaml_files import read_mapping
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "mutants.yaml"


def read_survivors(lab: Path) -> Mapping[str, str]:
    """The reasons by mutant name; empty when the lab has no such file, LabsError when it says something else."""
    path = lab / FILE
    if not path.is_file():
        return {}
    found = read_mapping(path)
    for name, why in found.items():
        if not isinstance(name, str) or not isinstance(why, str) or not why.strip():
            raise LabsError(f"{path}: {name!r} has no reason", "Write one sentence that says why it is equally right.")
    return found
