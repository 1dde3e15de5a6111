"""What kind of exam it is: minutes, pass mark, shares of the domains, and which labs."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003  (pydantic reads the annotations)
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from harness.nearest import nearest, suggestion
from harness.spec import Difficulty  # noqa: TC001
from harness.yaml_files import read_mapping
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.curriculum import Curriculum
    from setup.providers import Provider

FOLDER = "exams"  # in a folder of labs
DEFAULT, EMBEDDED = "mock", "mock-embedded"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, strict=True)]
Share = Annotated[float, Field(ge=0, le=100)]


class Blueprint(BaseModel):
    """What a file of labs/exams says. Either ``labs`` names them, or ``tasks`` says how many are drawn.

    ``shares`` are the weights of the domains in per cent, the curriculum's where they are not said; ``difficulty`` the
    wanted mix in per cent; ``providers`` and ``shapes`` what may be taken, all where they are not said.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    minutes: Annotated[int, Field(strict=True, ge=1, le=600)]
    pass_mark: Annotated[float, Field(ge=0, le=100)] = 66
    tasks: Annotated[int, Field(strict=True, ge=1, le=40)] | None = None
    labs: tuple[Text, ...] = ()
    shares: Mapping[str, Share] = {}
    difficulty: Mapping[Difficulty, Share] = {}
    providers: tuple[Text, ...] = ()
    shapes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> Blueprint:
        if bool(self.labs) == (self.tasks is not None):
            raise ValueError("say either `labs`, a fixed list, or `tasks`, how many are drawn")
        if len(set(self.labs)) != len(self.labs):
            raise ValueError("`labs` names a lab twice")
        return self

    def weights(self, curriculum: Curriculum) -> dict[str, float]:
        """The domains' shares in per cent, in the curriculum's order."""
        own = {domain.name: float(domain.weight) for domain in curriculum.domains}
        return {name: float(self.shares.get(name, 0.0)) for name in own} if self.shares else own


def names(roots: Sequence[Path]) -> dict[str, Path]:
    """The blueprints there are; where two have the same name, the first root's is taken."""
    found: dict[str, Path] = {}
    for root in roots:
        for file in sorted((root / FOLDER).glob("*.yaml")):
            if NAME.fullmatch(file.stem):
                found.setdefault(file.stem, file)
    return found


def find(roots: Sequence[Path], name: str, curriculum: Curriculum) -> Blueprint:
    """The blueprint of that name; LabsError if there is none, or with every mistake in it."""
    known = names(roots)
    if name not in known:
        there = f"There are {', '.join(known) or 'none'}."
        raise LabsError(f"there is no blueprint {name!r}{suggestion(name, known)}", there, 2)
    return read(known[name], curriculum)


def read(path: Path, curriculum: Curriculum) -> Blueprint:
    """The blueprint in the file at ``path``; LabsError names every mistake in it at once."""
    try:
        blueprint = Blueprint.model_validate(read_mapping(path))
    except ValidationError as error:
        mistakes = [_sentence(each) for each in error.errors(include_url=False)]
        raise LabsError(f"{path}: {'; '.join(mistakes)}", "labs/README.md tells what a blueprint says.") from None
    strange = [name for name in blueprint.shares if name not in curriculum.names]
    if strange:
        guess = suggestion(strange[0], curriculum.names)
        raise LabsError(f"{path}: there is no domain {strange[0]!r}{guess}", "The curriculum file has their names.")
    if sum(blueprint.weights(curriculum).values()) <= 0:
        raise LabsError(f"{path}: the shares come to nothing", "Give at least one domain a share.")
    return blueprint


def _sentence(mistake: Mapping[str, Any] | Any) -> str:
    place = ".".join(str(part) for part in mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        guess = nearest(place, Blueprint.model_fields)
        return f"unknown key {place!r}" + (f"; did you mean {guess[0]!r}?" if guess else "")
    said = str(mistake["msg"]).removeprefix("Value error, ")
    return f"{place!r}: {said}" if place else said


def default(providers: Mapping[str, Provider]) -> str:
    """The blueprint that is taken without a word: the whole catalogue's, where clusters of real nodes can be made."""
    able = any("node-shell" in each.capabilities and each.missing() is None for each in providers.values())
    return DEFAULT if able else EMBEDDED
