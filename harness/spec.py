"""What a lab.yaml says, and every mistake in it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003  (pydantic reads the annotations)
from enum import StrEnum
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
    from harness.curriculum import Curriculum

CAPABILITIES = (
    "api", "scheduling", "multi-node", "pods", "traffic", "netpol", "node-shell", "control-plane-host", "kubeadm", "ha",
)  # fmt: skip
DOCS = (
    "https://kubernetes.io/docs/", "https://kubernetes.io/blog/", "https://helm.sh/docs/",
    "https://gateway-api.sigs.k8s.io/",
)  # fmt: skip
PAGE = re.compile(r"https://[a-z0-9.-]+(/[A-Za-z0-9._-]+)+/?(#[A-Za-z0-9._-]+)?")


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
    if not PAGE.fullmatch(url) or ".." in url:
        raise ValueError(f"{url!r} is not the address of a page: words between single slashes, and perhaps #a-heading")
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
    relies: tuple[Text, ...] = ()  # what others must leave as it is
    replaces: Annotated[bool, Field(strict=True)] = False  # its reset needs a new cluster
    vars: Mapping[Name, Rule] = {}
    hints: Annotated[tuple[Text, ...], Field(min_length=1)]
    one_way: Text | None = None  # why there is no second solution
    missing_images: tuple[Text, ...] = ()  # those that are not to be had, on purpose
    docs: Annotated[tuple[Annotated[Text, AfterValidator(_allowed_page)], ...], Field(min_length=1)]

    @property
    def variables(self) -> Mapping[str, Variable]:
        """The variables by name."""
        return self.vars


def read_spec(folder: Path, curriculum: Curriculum) -> LabSpec:
    """The lab.yaml in ``folder``; LabsError names every mistake in it at once."""
    path = folder / "lab.yaml"
    context = {
        "domains": curriculum.names,
        "competencies": curriculum.competencies,
        "capabilities": CAPABILITIES,
    }
    try:
        return LabSpec.model_validate(read_mapping(path), context=context)
    except ValidationError as error:
        mistakes = _sentences(error)
        count = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise LabsError(
            f"{path} has {count}:\n" + "\n".join(f"  - {mistake}" for mistake in mistakes),
            f"Mend the file, then `labs lint {folder.name}`.",
        ) from None


def _sentences(error: ValidationError) -> list[str]:
    """One sentence a mistake; what only follows from another one is left out."""
    mistakes = error.errors(include_url=False)
    unknown = [str(mistake["loc"][0]) for mistake in mistakes if mistake["type"] == "extra_forbidden"]
    meant = {hit for key in unknown for hit in nearest(key, LabSpec.model_fields)}
    places = [mistake["loc"] for mistake in mistakes]
    sentences = []
    for mistake in mistakes:
        place = ".".join(str(part) for part in mistake["loc"] if part != "[key]")
        match mistake["type"]:
            case "extra_forbidden":
                sentences.append(f"unknown key {place!r}{suggestion(place, LabSpec.model_fields)}")
            case "missing" if place in meant:
                pass  # it is there, misspelt
            case "missing":
                sentences.append(f"{place!r} is missing")
            case "too_short" if any(other[:-1] == mistake["loc"] for other in places):
                pass  # what is in it is wrong, and was not counted
            case _:
                sentences.append(f"{place!r}: {mistake['msg'].removeprefix('Value error, ')}")
    return sentences
