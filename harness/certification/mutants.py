"""Faulty answers, made by machine from a right one: whichever changes what is asked for must lose points."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from harness.yaml_files import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

EVERYTHING = {"verbs": ["*"], "resources": ["*"], "apiGroups": ["*"]}
SELECTORS = ("matchLabels", "podSelector", "namespaceSelector", "nodeSelector", "selector")
KEPT = ("apiVersion", "kind")  # without them it is no object: kubectl refuses it before anybody judges
QUANTITY = re.compile(r"(\d+)(m|Ki|Mi|Gi|h|s)?")
HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)")

Place = tuple[Any, ...]  # the keys and indices that lead to a field


@dataclass(frozen=True)
class Mutant:
    """One fault: its name, which says where and what, and the text of the file that has it."""

    name: str
    file: str
    text: str


def mutants(files: Mapping[str, str]) -> Iterator[Mutant]:
    """All faulty variants of a solution's files (rendered, by name), one fault each."""
    for file, text in files.items():
        if file.endswith(".yaml"):
            yield from _of_manifests(file, text)
        elif file.endswith(".sh"):
            yield from _of_script(file, text)


def _of_manifests(file: str, text: str) -> Iterator[Mutant]:
    documents = [each for each in parse(text, file) if isinstance(each, dict)]
    for index, document in enumerate(documents):
        place = f"{file} {document.get('kind')}/{(document.get('metadata') or {}).get('name')}"
        others = [*documents[:index], *documents[index + 1 :]]
        yield Mutant(f"{place}: dropped", file, yaml.safe_dump_all(others))
        for what, changed in _of_document(document):
            everything = [*documents[:index], changed, *documents[index + 1 :]]
            yield Mutant(f"{place}: {what}", file, yaml.safe_dump_all(everything))


def _of_document(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, value in _walk(document):
        if path[0] in KEPT or path == ("metadata",):
            continue
        dotted = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        if path != ("metadata", "name"):
            yield f"{dotted} dropped", _changed(document, path, _drop)
        for what, other in _others(path, value):
            yield f"{dotted} {what}", _changed(document, path, _setter(other))


def _others(path: Place, value: Any) -> Iterator[tuple[str, Any]]:
    """Other values for a field, each a plausible slip."""
    key = path[-1]
    if key in EVERYTHING and value != EVERYTHING[key]:
        yield "widened to everything", EVERYTHING[key]
    elif key in SELECTORS and value:
        yield "selects everything", {}
    elif key == "namespace":
        yield "is default", "default"
    elif path == ("metadata", "name"):
        yield "misspelt", f"{value}-x"
    elif isinstance(value, bool):
        yield "turned", not value
    elif isinstance(value, int):
        yield "doubled", value * 2 or 1
        if value:
            yield "is 0", 0
    elif isinstance(value, str) and (match := QUANTITY.fullmatch(value)):
        yield "doubled", f"{int(match[1]) * 2 or 1}{match[2] or ''}"


def _walk(value: Any, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield (*path, key), each
        yield from _walk(each, (*path, key))


def _changed(document: dict[str, Any], path: Place, change: Callable[[Any, Any], None]) -> dict[str, Any]:
    found = copy.deepcopy(document)
    parent: Any = found
    for step in path[:-1]:
        parent = parent[step]
    change(parent, path[-1])
    return found


def _drop(parent: Any, key: Any) -> None:
    del parent[key]


def _setter(value: Any) -> Callable[[Any, Any], None]:
    def change(parent: Any, key: Any) -> None:
        parent[key] = value

    return change


def _of_script(file: str, text: str) -> Iterator[Mutant]:
    commands = list(statements(text))
    for index, command in enumerate(commands):
        first = command.strip().splitlines()[0]
        if first.startswith(("#", "set ")):
            continue
        rest = commands[:index] + commands[index + 1 :]
        yield Mutant(f"{file} command {index + 1} left out: {first[:60]}", file, "".join(rest))


def statements(text: str) -> Iterator[str]:
    """The commands of a script: lines, with what continues them, here-documents and open blocks included."""
    held: list[str] = []
    ending = ""
    depth = 0
    for line in text.splitlines(keepends=True):
        held.append(line)
        if ending:
            ending = "" if line.strip() == ending else ending
        else:
            if found := HEREDOC.search(line):
                ending = found[1]
            words = line.split("#")[0].split()
            depth += sum(word in ("do", "then", "{", "case") for word in words)
            depth -= sum(word.rstrip(";") in ("done", "fi", "}", "esac") for word in words)
        if not ending and depth <= 0 and not line.rstrip().endswith("\\") and "".join(held).count("'") % 2 == 0:
            if "".join(held).strip():
                yield "".join(held)
            held = []
    if "".join(held).strip():
        yield "".join(held)
