"""Faulty answers, made by machine from a right one: whichever changes what is asked for must lose points."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import yaml

from harness.certification.scripts import only_waits, statements
from harness.yaml_files import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

EVERYTHING = {"verbs": ["*"], "resources": ["*"], "apiGroups": ["*"]}
SELECTORS = ("matchLabels", "podSelector", "namespaceSelector", "nodeSelector", "selector", "labelSelector")
PORTS = ("port", "targetPort", "nodePort", "containerPort", "hostPort", "endPort")
KEPT = ("apiVersion", "kind")  # without them it is no object: kubectl refuses it before anybody judges
REFERENCES = ("name", "serviceAccountName", "claimName", "secretName", "volumeName", "storageClassName", "nodeName")
QUANTITY = re.compile(r"(\d+)(m|Ki|Mi|Gi|h|s)?")

DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

Place = tuple[Any, ...]  # the keys and indices that lead to a field
Change = Callable[[Any, Any], None]  # of a mapping or list, at a key or index


@dataclass(frozen=True)
class Mutant:
    """One fault: its name, which says where and what, the file that has it, and what writes that file's text.

    ``target`` is the kind and name of the one object that it is about; None where it may be about more.
    """

    name: str
    file: str
    write: Callable[[], str]
    target: tuple[str, str] | None = None

    @property
    def text(self) -> str:
        """The text of the file."""
        return self.write()


def mutants(files: Mapping[str, str]) -> Iterator[Mutant]:
    """All faulty variants of a solution's files (rendered, by name), one fault each, and in the same order always."""
    namespaces = _namespaces(files)
    for file, text in files.items():
        if file.endswith(".yaml"):
            yield from _of_manifests(file, text, namespaces)
        elif file.endswith(".sh"):
            yield from _of_script(file, text)


def _namespaces(files: Mapping[str, str]) -> list[str]:
    found = [doc for file, text in files.items() if file.endswith(".yaml") for doc in parse(text, file)]
    named = [(doc.get("metadata") or {}).get("namespace") for doc in found if isinstance(doc, dict)]
    return list(dict.fromkeys(each for each in named if isinstance(each, str)))


def _of_manifests(file: str, text: str, namespaces: Sequence[str]) -> Iterator[Mutant]:
    documents = [each for each in parse(text, file) if isinstance(each, dict)]
    for index, document in enumerate(documents):
        target = str(document.get("kind")), str((document.get("metadata") or {}).get("name"))
        place = f"{file} {'/'.join(target)}"
        others = [*documents[:index], *documents[index + 1 :]]
        yield Mutant(f"{place}: dropped", file, partial(_dumped, others))
        for what, path, change in _of_document(document, namespaces):
            yield Mutant(f"{place}: {what}", file, partial(_changed, documents, (index, *path), change), target)


def _of_document(document: dict[str, Any], namespaces: Sequence[str]) -> Iterator[tuple[str, Place, Change]]:
    for path, value, sole in _walk(document):
        if path[0] in KEPT or path == ("metadata",):
            continue
        dotted = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        if path != ("metadata", "name") and not sole:  # the only one in a list or mapping goes with it
            yield f"{dotted} dropped", path, _drop
        for what, other in _others(path, value, namespaces):
            yield f"{dotted} {what}", path, partial(_set, other)


def _others(path: Place, value: Any, namespaces: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Other values for a field, each a plausible slip. Which there are does not hang on a variable's value."""
    key = path[-1]
    if key in EVERYTHING and isinstance(value, list):
        yield "widened to everything", EVERYTHING[key]
    elif key in SELECTORS and isinstance(value, dict):
        yield "selects everything", {}
    elif key == "namespace":
        yield "swapped", next((each for each in namespaces if each != value), "kube-public")
    elif key in REFERENCES and isinstance(value, str):
        yield "misspelt", f"{value}-x"
    elif isinstance(value, bool):
        yield "turned", not value
    elif key in PORTS and isinstance(value, int):
        yield "one more", value + 1
    elif isinstance(value, int):
        yield "doubled", value * 2 or 1
        yield "is 0", 0
    elif isinstance(value, str) and (match := QUANTITY.fullmatch(value)):
        yield "doubled", f"{int(match[1]) * 2 or 1}{match[2] or ''}"
        yield "is 0", "0"


def _walk(value: Any, path: Place = ()) -> Iterator[tuple[Place, Any, bool]]:
    """Every field below ``value`` with its place, and whether it is the only one there."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield (*path, key), each, len(value) == 1
        yield from _walk(each, (*path, key))


def _changed(documents: list[dict[str, Any]], path: Place, change: Change) -> str:
    found = copy.deepcopy(documents)
    parent: Any = found
    for step in path[:-1]:
        parent = parent[step]
    change(parent, path[-1])
    return _dumped(found)


def _dumped(documents: list[dict[str, Any]]) -> str:
    text: str = yaml.dump_all(documents, Dumper=DUMPER)
    return text


def _drop(parent: Any, key: Any) -> None:
    del parent[key]


def _set(value: Any, parent: Any, key: Any) -> None:
    parent[key] = value


def _of_script(file: str, text: str) -> Iterator[Mutant]:
    parts = list(statements(text))
    number = 0
    for index, part in enumerate(parts):
        lines = (line.strip() for line in part.splitlines())
        first = next((line for line in lines if line and not line.startswith("#")), "")
        if first and not first.startswith("set "):
            number += 1
            if not only_waits(part):
                rest = parts[:index] + parts[index + 1 :]
                yield Mutant(f"{file} command {number} left out: {first}", file, partial(str, "".join(rest)))
