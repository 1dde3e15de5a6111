"""Names of mutants that stay the same whatever a lab's variables draw, so that mutants.yaml can list them."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from typing import TYPE_CHECKING

from harness.certification.mutants import mutants
from harness.certification.normal import content

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.certification.mutants import Mutant

WORD = re.compile(r"([^\w.-]+)")  # what stands between words
COMMAND = " left out: "
LONGEST = 70  # characters of a command in a name
MASK = "…"


def named(files: Mapping[str, str], draws: Sequence[Mapping[str, str]]) -> list[Mutant]:
    """The mutants of ``files``; what differs in a name between ``draws``, the files filled in otherwise, is masked."""
    made = list(mutants(files))
    others = [names for names in ([each.name for each in mutants(draw)] for draw in draws) if len(names) == len(made)]
    masked = [_masked(each.name, [names[at] for names in others]) for at, each in enumerate(made)]
    return [dataclasses.replace(each, name=name) for each, name in zip(made, _numbered(masked), strict=True)]


def distinct(files: Mapping[str, str], made: Sequence[Mutant]) -> list[Mutant]:
    """Those of the mutants that change something (0 set to 0 does not), and each fault once."""
    seen = {(file, content(file, text)) for file, text in files.items()}
    found = []
    for mutant in made:
        key = (mutant.file, content(mutant.file, mutant.text))
        if key not in seen:
            seen.add(key)
            found.append(mutant)
    return found


def _masked(name: str, others: Sequence[str]) -> str:
    words = WORD.split(name)
    for other in others:
        there = WORD.split(other)
        if len(there) == len(words):
            words = [word if word == its else MASK for word, its in zip(words, there, strict=True)]
    place, mark, command = "".join(words).partition(COMMAND)
    return place + mark + (command if len(command) <= LONGEST else command[:LONGEST].rstrip() + MASK)


def _numbered(names: Sequence[str]) -> list[str]:
    """The names; where several are the same, each but the first gets its number."""
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return numbered
