"""Reading YAML files that people write: bounded, safe, and strict about keys given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from setup.errors import LabsError

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 1 << 20  # bytes
DEEPEST = 40  # the C loader recurses without a limit of its own: deep nesting would end the process
MOST = 200_000  # values in a document, those that aliases repeat counted each time
BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's where it is there: ten times as fast


class Loader(BASE):  # type: ignore[misc]  # BASE is one of two classes
    """Refuses a mapping that gives a key twice; plain YAML would silently take the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """As in the parent, after a look at the keys."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen and key.tag == "tag:yaml.org,2002:str":
                raise yaml.MarkedYAMLError(problem=f"key {key.value!r} is given twice", problem_mark=key.start_mark)
            seen.add(key.value if isinstance(key.value, str) else id(key))
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def parse(text: str, origin: str) -> list[Any]:
    """The documents of ``text``, the empty ones left out; LabsError names ``origin``, line and column."""
    try:
        _bound_depth(text)
        documents = [document for document in yaml.load_all(text, Loader=Loader) if document is not None]
        _bound_size(documents)
        return documents
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise LabsError(f"{origin}{place}: {error.problem}", "Mend the YAML there.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise LabsError(f"{origin}: {' '.join(str(error).split())}", "Mend the YAML there.") from error


def _bound_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=BASE):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError(f"it is nested more than {DEEPEST} deep")


def _bound_size(documents: list[Any]) -> None:
    """Aliases of aliases make something huge out of a short text."""
    waiting, count = [documents], 0
    while waiting:
        value: Any = waiting.pop()
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        count += len(inner)
        if count > MOST:
            raise ValueError("it holds too much: aliases that repeat aliases?")
        waiting.extend(inner)


def read_text(path: Path) -> str:
    """The text of a file of content; LabsError if it is not UTF-8 or unreasonably large."""
    try:
        if path.stat().st_size > LIMIT:
            raise LabsError(f"{path} is larger than {LIMIT >> 20} MiB", "A lab's files are small texts.")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LabsError(f"{path} is not UTF-8 text (byte {error.start})", "Save it as UTF-8.") from error
    except FileNotFoundError as error:
        raise LabsError(f"{path} is missing", "`labs lint` tells what belongs to a lab.") from error


def read_mapping(path: Path) -> dict[str, Any]:
    """The one document of the file at ``path``, a mapping; LabsError otherwise."""
    documents = parse(read_text(path), str(path))
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise LabsError(f"{path} does not hold one mapping", "Write `key: value` lines.")
    return {str(key): value for key, value in documents[0].items()}
