"""What a way through a lab comes down to: without the order of its steps, free names, waiting and packaging."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from harness.certification.scripts import here_documents, statements
from harness.yaml_files import parse
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

WORD = re.compile(r"[\w.-]+")
NAMED = re.compile(  # what a command calls a new object: kubectl create role NAME, kubectl create secret generic NAME
    r"\bkubectl\b.*?\b(?:create\s+(?:secret\s+\w+|service\s+\w+|[a-z]+)|run|expose\s+\S+\s+.*--name[= ])"
    r"\s*([a-z0-9][\w.-]*)"
)
IDLE = re.compile(
    r"\s*(?:kubectl\b(?:\s+-\S+(?:\s+[\w.-]+)?)*\s+(?:wait|rollout\s+status|get|describe)\b|sleep\b|echo\b)"
)
FREE = "·"


def content(file: str, text: str) -> str:
    """What a file says, by which two that differ in layout alone are the same."""
    if not file.endswith(".yaml"):
        return text.strip()
    return _sorted_json(parse(text, file))


def normal(files: Mapping[str, str], demanded: Collection[str]) -> Counter[str]:
    """The objects and commands of a way's files (rendered, by name), each as a text, counted.

    Manifests in here-documents are objects like those in files. Names that the way gives to objects are left out, but
    for the words of the task and its start (``demanded``); so are commands that only look or wait, and comments.
    """
    objects, commands = _parts(files)
    free = {name for name in (*_object_names(objects), *_command_names(commands)) if name not in demanded}
    found = [_sorted_json(_unnamed(each, free)) for each in objects]
    found += [_plain(each, free) for each in commands if not IDLE.match(each)]
    return Counter(each for each in found if each)


def words(text: str) -> set[str]:
    """The words of a text, as names are written."""
    return {word.strip(".-") for word in WORD.findall(text)}


def _parts(files: Mapping[str, str]) -> tuple[list[Any], list[str]]:
    objects: list[Any] = []
    commands: list[str] = []
    for file, text in files.items():
        if file.endswith(".yaml"):
            objects += parse(text, file)
        elif file.endswith(".sh"):
            for statement in statements(text):
                inner = _inner_manifests(statement)
                objects += inner
                commands += [] if inner else [statement]
        else:
            commands.append(text)
    return objects, commands


def _inner_manifests(statement: str) -> list[Any]:
    """The objects that a command gets as a here-document."""
    if "kubectl" not in statement.splitlines()[0]:
        return []
    try:
        documents = [document for text in here_documents(statement) for document in parse(text, "")]
    except LabsError:
        return []
    return documents if all(isinstance(each, dict) and "kind" in each for each in documents) else []


def _object_names(objects: list[Any]) -> Iterator[str]:
    for each in objects:
        metadata = each.get("metadata") if isinstance(each, dict) else None
        if isinstance(metadata, dict) and isinstance(metadata.get("name"), str):
            yield metadata["name"]


def _command_names(commands: list[str]) -> Iterator[str]:
    for command in commands:
        yield from (match[1] for line in command.splitlines() for match in NAMED.finditer(line))


def _unnamed(value: Any, free: Collection[str]) -> Any:
    match value:
        case dict():
            return {str(key): _unnamed(each, free) for key, each in value.items()}
        case list():
            return sorted((_unnamed(each, free) for each in value), key=_sorted_json)
        case str() if value in free:
            return FREE
        case _:
            return value


def _plain(command: str, free: Collection[str]) -> str:
    """A command's words, options in any order, without comments and free names."""
    lines = [line for line in command.replace("\\\n", " ").splitlines() if not line.lstrip().startswith("#")]
    text = "\n".join(lines)
    try:
        split = shlex.split(text, comments=True)
    except ValueError:
        split = text.split()
    unnamed = [re.sub(r"[\w.-]+", lambda match: FREE if match[0] in free else match[0], word) for word in split]
    return " ".join([*(w for w in unnamed if not w.startswith("-")), *sorted(w for w in unnamed if w.startswith("-"))])


def _sorted_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
