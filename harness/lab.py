"""A lab: its folder and its lab.yaml."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (pydantic reads the annotations)
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path  # noqa: TC003
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)

from harness.nearest import nearest, suggestion
from harness.variables import RESERVED, Variable, read_variable
from harness.yaml_files import read_mapping
from setup.errors import LabsError

if TYPE_CHECKING:
    from grader.checks import Check
    from harness.curriculum import Curriculum

CAPABILITIES = (
    "api", "scheduling", "multi-node", "pods", "traffic", "netpol", "node-shell", "control-plane-host", "kubeadm", "ha",
)  # fmt: skip
DOCS = (
    "https://kubernetes.io/docs/", "https://kubernetes.io/blog/", "https://helm.sh/docs/",
    "https://gateway-api.sigs.k8s.io/",
)  # fmt: skip
MOST_CHECKS = 8


class Difficulty(StrEnum):
    """How hard a lab is."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


def _known(what: str) -> Any:
    """A validator: the word is one of the context's ``what``."""

    def check(word: str, info: ValidationInfo) -> str:
        known = (info.context or {}).get(what, ())
        if known and word not in known:
            raise ValueError(f"unknown: {word!r}{suggestion(word, known)}")
        return word

    return AfterValidator(check)


def _allowed_page(url: str) -> str:
    if not url.startswith(DOCS):
        raise ValueError(f"{url!r} is not open in the exam; allowed: {', '.join(DOCS)}")
    return url


def _variable_name(name: str) -> str:
    if not name.isidentifier() or name in RESERVED:
        raise ValueError(f"{name!r} cannot be a variable's name" + (": it is set for you" if name in RESERVED else ""))
    return name


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, strict=True)]
Rule = Annotated[Any, BeforeValidator(read_variable)]
Name = Annotated[str, AfterValidator(_variable_name)]


class LabSpec(BaseModel):
    """What lab.yaml says. ``minutes`` is the time that an exam would give."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    domain: Annotated[Text, _known("domains")]
    competencies: Annotated[tuple[Annotated[Text, _known("competencies")], ...], Field(min_length=1)]
    minutes: Annotated[int, Field(strict=True, ge=1, le=60)]
    difficulty: Difficulty
    shape: Text
    needs: Annotated[tuple[Annotated[Text, _known("capabilities")], ...], Field(min_length=1)]
    claims: tuple[Text, ...] = ()
    vars: Mapping[Name, Rule] = {}
    hints: Annotated[tuple[Text, ...], Field(min_length=1)]
    docs: Annotated[tuple[Annotated[Text, AfterValidator(_allowed_page)], ...], Field(min_length=1)]

    @property
    def variables(self) -> Mapping[str, Variable]:
        """The variables by name."""
        return self.vars


@dataclass(frozen=True)
class Lab:
    """A lab and where it lies; the folder's name is its slug."""

    folder: Path
    spec: LabSpec

    @property
    def slug(self) -> str:
        """The lab's name in commands, files and output."""
        return self.folder.name

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The checks in checks.py, in the file's order; LabsError if it cannot be loaded."""
        from grader.checks import load_checks  # noqa: PLC0415  (late: not every command needs it)
        from grader.errors import ChecksError  # noqa: PLC0415  (late: not every command needs it)

        try:
            return load_checks(self.folder / "checks.py")
        except ChecksError as error:
            raise LabsError(error.what, error.fix) from error

    @property
    def points(self) -> int:
        """What the lab is worth: the sum over its checks."""
        return sum(check.points for check in self.checks)


def read_lab(folder: Path, curriculum: Curriculum) -> Lab:
    """The lab in ``folder``; LabsError names every mistake in its lab.yaml at once."""
    path = folder / "lab.yaml"
    context = {
        "domains": curriculum.names,
        "competencies": curriculum.competencies,
        "capabilities": CAPABILITIES,
    }
    try:
        return Lab(folder, LabSpec.model_validate(read_mapping(path), context=context))
    except ValidationError as error:
        mistakes = _sentences(error)
        count = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise LabsError(
            f"{path} has {count}:\n" + "\n".join(f"  - {mistake}" for mistake in mistakes),
            f"Mend the file, then `labs lint {folder.name}`.",
        ) from None


def _sentences(error: ValidationError) -> list[str]:
    """One sentence a mistake; a key that is missing because it was misspelt counts once."""
    unknown = {str(e["loc"][0]): nearest(str(e["loc"][0]), LabSpec.model_fields) for e in error.errors(
        include_url=False) if e["type"] == "extra_forbidden"}  # fmt: skip
    meant = {hit for hits in unknown.values() for hit in hits}
    sentences = []
    for mistake in error.errors(include_url=False):
        place = ".".join(str(part) for part in mistake["loc"] if part != "[key]")
        match mistake["type"]:
            case "extra_forbidden":
                sentences.append(f"unknown key {place!r}{suggestion(place, LabSpec.model_fields)}")
            case "missing":
                if place not in meant:
                    sentences.append(f"{place!r} is missing")
            case _:
                sentences.append(f"{place!r}: {mistake['msg'].removeprefix('Value error, ')}")
    return sentences
