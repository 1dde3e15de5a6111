"""The folder of a certification's report: index.html, junit.xml, certify.json, and what clusters held."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from harness.output.certificates import certificates_document
from harness.output.certified_page import certified_page
from harness.output.documents import to_json
from harness.output.junit import certificates_xml
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.certification.certificate import Certificate

DOCUMENT = "certify.json"


def prepare(folder: Path) -> Path:
    """Make the folder, or clear what an earlier report wrote there; LabsError if it holds anything else."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        return folder
    try:
        earlier = json.loads((folder / DOCUMENT).read_bytes())
        for objects in set(_objects(earlier)):
            top = (folder / objects).resolve()
            if top.is_relative_to(folder) and top != folder:
                shutil.rmtree(top, ignore_errors=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LabsError(f"{folder} is not empty and holds no earlier report", "Name a new folder.", 2) from error
    return folder


def write_report(folder: Path, certificates: Sequence[Certificate], seconds: float) -> None:
    """Write the three documents beside the objects that were kept."""
    (folder / "index.html").write_text(certified_page(certificates, seconds), encoding="utf-8")
    (folder / "junit.xml").write_text(certificates_xml(certificates), encoding="utf-8")
    (folder / DOCUMENT).write_text(to_json(certificates_document(certificates, seconds)) + "\n", encoding="utf-8")


def again(folder: Path, slugs: Sequence[str]) -> tuple[str, ...]:
    """The labs that were not in order in the report in ``folder``, of these where some are named.

    LabsError where there is no report.
    """
    try:
        document = json.loads((folder / DOCUMENT).read_bytes())
        return tuple(
            str(lab["slug"])
            for lab in document["labs"]
            if not lab["ok"] and not lab["obstacle"] and lab["slug"] in (slugs or [lab["slug"]])
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LabsError(
            f"{folder} holds no report of labs certify", "Name the DIR of an earlier --report.", 2
        ) from error


def _objects(document: dict[str, Any]) -> Iterator[str]:
    for lab in document["labs"]:
        for step in lab["steps"]:
            yield from (problem["objects"] for problem in step["problems"] if problem["objects"])
