"""Making the folder of a new lab."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from harness import paths
from harness.catalog import SLUG, number
from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.catalog import Catalog

SKELETON = Path(__file__).parent / "skeleton"
WORDS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def draft(catalog: Catalog, text: str) -> Path:
    """Make a lab that passes lint, named ``text``; without a number it gets the next free one. Its folder.

    LabsError if the name is not one, or its number is taken.
    """
    slug = _new_slug(catalog, text)
    root = _writable_root(catalog)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=root) as name:
        folder = Path(name) / slug
        shutil.copytree(SKELETON, folder, ignore=shutil.ignore_patterns("__pycache__"))
        title = slug.partition("-")[2].replace("-", " ").capitalize()
        for file in (folder / "lab.yaml", folder / "checks.py"):
            file.write_text(file.read_text(encoding="utf-8").replace("@SLUG@", slug).replace("@TITLE@", title), "utf-8")
        return folder.rename(root / slug)


def _new_slug(catalog: Catalog, text: str) -> str:
    taken = {number(slug): slug for slug in catalog.folders}
    if WORDS.fullmatch(text) and not text[0].isdigit():
        free = next(n for n in range(1, 1000) if n not in taken)
        return f"{free:02d}-{text}"
    if not SLUG.fullmatch(text):
        raise LabsError(f"{text!r} cannot be a lab's name", "Write it like 42-node-affinity: a number, then words.", 2)
    if number(text) in taken:
        raise LabsError(f"the number of {text} belongs to {taken[number(text)]}", "Take another, or leave it out.", 2)
    return text


def _writable_root(catalog: Catalog) -> Path:
    """The author's folder: the first of LABS_PATH, else the checkout's; an installed wheel has none."""
    root = catalog.roots[0]
    if root.is_relative_to(paths.PACKAGE):
        raise LabsError("there is no folder for new labs", "Name one: `export LABS_PATH=~/my-labs`.", 2)
    return root
