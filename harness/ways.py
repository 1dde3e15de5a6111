"""The ways through a lab that its folder tells: its solutions, and the plausible mistakes under wrong/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.yaml_files import read_mapping
from setup.errors import LabsError

if TYPE_CHECKING:
    from pathlib import Path

EXPECTATION = "expect.yaml"
REFERENCE = "reference"
KEYS = {"points", "fails", "why", "base"}


@dataclass(frozen=True)
class Expectation:
    """What a wrong way must get: its points, and the checks that must not pass."""

    points: int
    fails: tuple[str, ...]
    why: str
    base: str | None = None


@dataclass(frozen=True)
class Way:
    """A folder of files that are applied in the order of their names; with ``last``, only so far."""

    folder: Path
    last: str | None = None

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def files(self) -> tuple[Path, ...]:
        """Its files in order, without the expectation."""
        found = tuple(file for file in files_of(self.folder) if file.name != EXPECTATION)
        names = [rendered_name(file) for file in found]
        return found if self.last is None else found[: names.index(self.last) + 1]

    @property
    def base(self) -> str | None:
        """The way that is to be done before, if a mistaken way names one: a solution, or another mistake.

        ``NAME/FILE`` is that one up to this file.
        """
        return self.expectation().base if (self.folder / EXPECTATION).is_file() else None

    def expectation(self) -> Expectation:
        """What expect.yaml says; LabsError names every mistake in it."""
        path = self.folder / EXPECTATION
        raw = read_mapping(path)
        mistakes = list(_mistakes(raw))
        if mistakes:
            raise LabsError(f"{path}: {'; '.join(mistakes)}", "Write points, fails, why and, if need be, base.")
        return Expectation(raw["points"], tuple(raw["fails"]), raw["why"], raw.get("base"))


def solutions(lab: Path) -> tuple[Way, ...]:
    """The valid ways of the lab in this folder."""
    return _ways(lab / "solutions")


def wrong(lab: Path) -> tuple[Way, ...]:
    """The mistaken ways of the lab in this folder."""
    return _ways(lab / "wrong")


def stages(lab: Path, way: Way) -> tuple[Way, ...]:
    """What is done one after the other to go this way: its base, if it names one, with that one's, and then itself.

    LabsError where a base is none of the lab's ways, or a way in the end builds on itself.
    """
    found = [way]
    while (base := found[0].base) is not None:
        name, _, last = base.partition("/")
        whole = next((each for each in (*solutions(lab), *wrong(lab)) if each.name == name), None)
        why = ""
        if whole is None:
            why = "which is no way of the lab"
        elif whole.folder in [each.folder for each in found]:
            why = "which builds on it"
        elif last and last not in map(rendered_name, whole.files):
            why = f"which has no file {last}"
        if whole is None or why:
            raise LabsError(f"{lab.name}: wrong/{found[0].name} builds on {base!r}, {why}", f"`labs lint {lab.name}`")
        found.insert(0, Way(whole.folder, last or None))
    return tuple(found)


def reference(lab: Path) -> Way:
    """The solution that is shown to candidates; LabsError if the lab has none."""
    way = Way(lab / "solutions" / REFERENCE)
    if not way.folder.is_dir():
        raise LabsError(f"{lab.name} has no solutions/{REFERENCE}", f"`labs lint {lab.name}` tells what is missing.")
    return way


def files_of(folder: Path) -> tuple[Path, ...]:
    """The files directly in ``folder`` by name, without hidden and compiled ones."""
    if not folder.is_dir():
        return ()
    return tuple(file for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith("."))


def rendered_name(file: Path) -> str:
    """The file's name without the mark of a template."""
    return file.name.removesuffix(".j2")


def _ways(folder: Path) -> tuple[Way, ...]:
    if not folder.is_dir():
        return ()
    return tuple(Way(entry) for entry in sorted(folder.iterdir()) if entry.is_dir() and entry.name[0] not in "._")


def _mistakes(raw: dict[str, object]) -> list[str]:
    fails, points = raw.get("fails"), raw.get("points")
    mistakes = [f"unknown key {key!r}" for key in raw.keys() - KEYS]
    if not isinstance(points, int) or isinstance(points, bool) or points < 0:
        mistakes.append("points must be a whole number, 0 or more")
    if not isinstance(fails, list) or not fails or not all(isinstance(name, str) for name in fails):
        mistakes.append("fails must name at least one check")
    if not isinstance(raw.get("why"), str) or not str(raw.get("why")).strip():
        mistakes.append("why must be a sentence")
    if not isinstance(raw.get("base"), str | None):
        mistakes.append("base must name a solution")
    return mistakes
