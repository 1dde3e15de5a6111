"""What the exam asks for: domains, their weights and their competencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.nearest import suggestion
from harness.yaml_files import read_mapping
from setup.errors import LabsError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Domain:
    """A domain of the exam: ``weight`` in per cent, ``competencies`` their ids."""

    name: str
    weight: int
    competencies: tuple[str, ...]


@dataclass(frozen=True)
class Curriculum:
    """The exam's domains, in its order."""

    domains: tuple[Domain, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the domains."""
        return tuple(domain.name for domain in self.domains)

    @property
    def competencies(self) -> tuple[str, ...]:
        """The ids of all competencies."""
        return tuple(competency for domain in self.domains for competency in domain.competencies)

    def find(self, text: str) -> Domain:
        """The domain whose name is ``text`` or alone holds it, whatever the case; LabsError otherwise."""
        exact = [domain for domain in self.domains if domain.name.casefold() == text.strip().casefold()]
        wanted = text.strip().casefold()
        hits = exact or [domain for domain in self.domains if wanted and wanted in domain.name.casefold()]
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise LabsError(f"{text!r} is part of several domains: {_names(hits)}", "Write more of the name.", 2)
        guess = suggestion(text, [word for name in self.names for word in (name, *name.replace(",", "").split())])
        raise LabsError(f"there is no domain {text!r}{guess}", f"The domains are {_names(self.domains)}.", 2)


def read_curriculum(path: Path) -> Curriculum:
    """The curriculum in the file at ``path``; LabsError if it is not one."""
    try:
        return Curriculum(
            tuple(
                Domain(str(entry["name"]), int(entry["weight"]), tuple(str(c["id"]) for c in entry["competencies"]))
                for entry in read_mapping(path)["domains"]
            )
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LabsError(f"{path} is not a curriculum: {error!r}", "Compare it with the project's own.") from error


def _names(domains: tuple[Domain, ...] | list[Domain]) -> str:
    return "; ".join(domain.name for domain in domains)
