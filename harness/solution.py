"""The reference solution as the candidate sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.rendering import render
from harness.ways import reference, rendered_name
from harness.yaml_files import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.lab import Lab


@dataclass(frozen=True)
class Page:
    """One file of a solution: its name and its text, filled in."""

    name: str
    text: str


def pages(lab: Lab, variables: Mapping[str, Any]) -> tuple[Page, ...]:
    """The reference's files in the order in which they are applied."""
    return tuple(Page(rendered_name(file), _text(file, variables)) for file in reference(lab.folder).files)


def _text(file: Path, variables: Mapping[str, Any]) -> str:
    return render(read_text(file), variables, str(file)) if file.suffix == ".j2" else read_text(file)
