"""The labs there are, and finding one by what the user typed."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from harness.lab import Lab
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.curriculum import Curriculum

SLUG = re.compile(r"\d{2,3}-[a-z0-9]+(-[a-z0-9]+)*")


class Catalog:
    """The lab folders under ``roots``; where two have the same slug, the first root's is taken."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(roots)

    @cached_property
    def folders(self) -> dict[str, Path]:
        """The lab folders by slug, in order of their numbers; no file in them is read."""
        found: dict[str, Path] = {}
        for root in self.roots:
            for entry in root.iterdir() if root.is_dir() else ():
                if SLUG.fullmatch(entry.name) and entry.is_dir():
                    found.setdefault(entry.name, entry)
        return dict(sorted(found.items(), key=lambda item: (number(item[0]), item[0])))

    @cached_property
    def curriculum(self) -> Curriculum:
        """The curriculum: of the first root that has one."""
        from harness.curriculum import read_curriculum  # noqa: PLC0415  (late: not every command needs it)

        files = [root / "curriculum.yaml" for root in self.roots]
        return read_curriculum(next((file for file in files if file.is_file()), files[-1]))

    def get(self, slug: str) -> Lab:
        """The lab with exactly this slug; LabsError if there is none."""
        if slug not in self.folders:
            raise LabsError(f"the lab {slug} is no longer there", "`labs list` shows the labs.")
        return Lab(self.folders[slug], lambda: self.curriculum)

    def read(self) -> tuple[tuple[Lab, ...], tuple[LabsError, ...]]:
        """All labs that can be read, and what is wrong with the others."""
        labs, problems = [], []
        for slug in self.folders:
            try:
                lab = self.get(slug)
                _ = lab.spec, lab.points
            except LabsError as error:
                problems.append(error)
            else:
                labs.append(lab)
        return tuple(labs), tuple(problems)

    def slug(self, text: str) -> str:
        """The slug that ``text`` means: a slug, a lab's number or a part that only one slug has; else LabsError."""
        wanted = text.strip().strip("/").casefold()
        hits = self._hits(wanted)
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise LabsError(f"{text!r} may be any of {', '.join(hits)}", "Write more of the name, or its number.", 2)
        raise LabsError(f"there is no lab {text!r}{self._guess(wanted)}", "`labs list` shows the labs.", 2)

    def _hits(self, wanted: str) -> list[str]:
        if wanted in self.folders:
            return [wanted]
        if wanted.isdecimal():
            return [slug for slug in self.folders if number(slug) == int(wanted)]
        return [slug for slug in self.folders if wanted and wanted in slug]

    def _guess(self, wanted: str) -> str:
        from harness.nearest import nearest  # noqa: PLC0415  (late: not every command needs it)

        spellings = {name: slug for slug in self.folders for name in (slug.partition("-")[2], slug)}
        hits = list(dict.fromkeys(spellings[hit] for hit in nearest(wanted, spellings, 3)))
        return f"; did you mean {' or '.join(hits)}?" if hits else ""


def number(slug: str) -> int:
    """The number that a slug begins with."""
    return int(slug.partition("-")[0])
