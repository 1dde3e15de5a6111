"""Fragments of manifests as authors write them: YAML with four tags."""

import re
from typing import Any

import yaml

from grader.quantities import quantity
from grader.rules import Absent, AtLeast, Exactly, Matches, rules_in

Fragment = str | dict[str, Any]
"""A manifest or a part of one: YAML text or a dict."""


class _Loader(yaml.SafeLoader):
    """YAML as the API server's clients read it: dates stay text, a key given twice is a mistake."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key is given twice", node.start_mark)
        return mapping


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _atleast(loader: _Loader, node: yaml.ScalarNode) -> AtLeast:
    floor = str(loader.construct_scalar(node))
    if quantity(floor) is None:
        raise yaml.constructor.ConstructorError(None, None, "!atleast needs a number or quantity", node.start_mark)
    return AtLeast(floor)


def _matches(loader: _Loader, node: yaml.ScalarNode) -> Matches:
    pattern = str(loader.construct_scalar(node))
    try:
        re.compile(pattern)
    except re.error as error:
        raise yaml.constructor.ConstructorError(None, None, f"!matches: {error}", node.start_mark) from None
    return Matches(pattern)


def _resolve(loader: Any, value: str, *, plain: bool) -> str:
    return str(loader.resolve(yaml.ScalarNode, value, (plain, not plain)))


def _exactly(loader: _Loader, node: yaml.Node) -> Exactly:
    match node:
        case yaml.MappingNode():
            return Exactly(loader.construct_mapping(node, deep=True))
        case yaml.SequenceNode():
            return Exactly(loader.construct_sequence(node, deep=True))
        case _:
            quoted = getattr(node, "style", None) is not None
            plain = yaml.ScalarNode(_resolve(loader, node.value, plain=not quoted), node.value)
            return Exactly(loader.construct_object(plain, deep=True))


def _absent(loader: _Loader, node: yaml.ScalarNode) -> Absent:
    if loader.construct_scalar(node):
        raise yaml.constructor.ConstructorError(None, None, "!absent takes no value", node.start_mark)
    return Absent()


_Loader.add_constructor("!atleast", _atleast)
_Loader.add_constructor("!matches", _matches)
_Loader.add_constructor("!exactly", _exactly)
_Loader.add_constructor("!absent", _absent)


def load_fragment(fragment: Fragment) -> dict[str, Any]:
    """Return a fragment as a mapping that may hold rules.

    Raises ValueError for what is not one mapping: the author's mistake, so a check that does it is broken.
    """
    loaded = _read(fragment, "fragment")
    if not isinstance(loaded, dict):
        raise ValueError(f"a fragment is one mapping, not {type(loaded).__name__}")
    if place := _empty_list(loaded, ""):
        raise ValueError(f"{place}: [] asks for nothing; write !exactly [] or !absent")
    return loaded


def load_manifest(manifest: Fragment) -> dict[str, Any]:
    """Return a manifest to be created: a fragment with kind and apiVersion and without rules.

    Raises ValueError as ``load_fragment`` does. ``[]`` is allowed here.
    """
    loaded = _read(manifest, "manifest")
    if not isinstance(loaded, dict) or not isinstance(loaded.get("kind"), str):
        raise ValueError("a manifest is one mapping with a kind")
    metadata = loaded.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise ValueError("a manifest's metadata is a mapping")
    for key in ("name", "namespace"):
        if not isinstance(metadata.get(key, ""), str):
            raise ValueError(f"metadata.{key} is {metadata[key]!r}: put it in quotes")
    if any(rules_in(loaded)):
        raise ValueError("a manifest holds values, no rules (!atleast, !matches, !exactly, !absent)")
    return loaded


def _read(text: Fragment, what: str) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"this {what} cannot be read: {error}") from None


def _empty_list(value: Any, path: str) -> str:
    match value:
        case []:
            return path or "."
        case dict():
            return next(filter(None, (_empty_list(item, f"{path}.{key}") for key, item in value.items())), "")
        case list():
            return next(filter(None, (_empty_list(item, f"{path}[{at}]") for at, item in enumerate(value))), "")
        case _:
            return ""
