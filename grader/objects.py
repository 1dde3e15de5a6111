"""Live objects against fragments: one that contains it, or none that does."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

from grader.api import Api, Object
from grader.errors import Miss
from grader.fragments import Fragment, load_fragment
from grader.matching import differences, fits, nearest
from grader.resources import NoSuchKind, Resource
from grader.rules import Rule

_CANDIDATES = 200  # objects that the nearest is looked for among; the search for a match knows no such limit
_LINES = 12
_SELECTABLE = re.compile(r"[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?")


def expect(api: Api, fragment: Fragment) -> Object:
    """Return the live object that contains the fragment; else Miss, one line per difference from the nearest.

    With a name one object is read, in namespace ``default`` if the fragment says none. Without a name the objects of
    the fragment's namespace, or of all namespaces, are listed, selected by metadata.labels where these are plain.
    """
    wanted = _Wanted(fragment)
    try:
        wanted.find(api)
    except NoSuchKind as missing:
        if missing.custom:
            raise Miss(str(missing), "kubectl get crd") from None
        raise
    if wanted.name is not None:
        return _expect_named(api, wanted)
    seen: list[Object] = []
    for live in wanted.listed(api):
        if fits(wanted.content, live):
            return live
        if len(seen) < _CANDIDATES:
            seen.append(live)
    found = nearest(wanted.content, seen)
    if found is None:
        raise Miss(f"there is no {wanted}", wanted.see())
    raise Miss(_several([f"no {wanted} is as asked for, the nearest is {_name(found[0])}", *found[1]]), wanted.see())


def forbid(api: Api, fragment: Fragment) -> None:
    """Raise Miss if an object contains the fragment; a custom kind that is not served has no objects."""
    wanted = _Wanted(fragment)
    try:
        wanted.find(api)
    except NoSuchKind as missing:
        if missing.custom:
            return
        raise
    if wanted.name is not None:
        live = api.get(wanted.resource, wanted.name, wanted.namespace)
        found = live if live is not None and fits(wanted.content, live) else None
    else:
        found = next((live for live in wanted.listed(api) if fits(wanted.content, live)), None)
    if found is not None:
        raise Miss(f"{wanted.resource.kind} {_name(found)} is there and should not be", wanted.see())


def _expect_named(api: Api, wanted: "_Wanted") -> Object:
    live = api.get(wanted.resource, str(wanted.name), wanted.namespace)
    if live is None:
        raise Miss(f"there is no {wanted}", wanted.see())
    if lines := list(differences(wanted.content, live)):
        raise Miss(_several(lines), wanted.see())
    return live


class _Wanted:
    """A fragment taken apart: the kind and place to look in, and the content to be compared."""

    resource: Resource

    def __init__(self, fragment: Fragment) -> None:
        loaded = load_fragment(fragment)
        kind, version = loaded.get("kind"), loaded.get("apiVersion")
        if not isinstance(kind, str):
            raise ValueError("a fragment needs its kind")
        self.kind = f"{version}/{kind}" if isinstance(version, str) else kind
        self.content = {key: value for key, value in loaded.items() if key not in ("kind", "apiVersion")}
        metadata = loaded.get("metadata")
        self.metadata: dict[str, Any] = metadata if isinstance(metadata, dict) else {}
        self.name, self.namespace = (self._text(key) for key in ("name", "namespace"))

    def _text(self, key: str) -> str | None:
        """A name that can be asked for; a rule in its place is compared like any field."""
        value = self.metadata.get(key)
        if value is not None and not isinstance(value, str | Rule):
            raise ValueError(f"metadata.{key} is {value!r}: put it in quotes")
        return value if isinstance(value, str) else None

    def find(self, api: Api) -> None:
        """Learn which resource is meant."""
        self.resource = api.resource(self.kind)
        if not self.resource.namespaced:
            if self.namespace:
                raise ValueError(f"{self.resource.kind} has no namespace")
        elif self.name is not None:
            self.namespace = self.namespace or "default"

    def listed(self, api: Api) -> Iterator[Object]:
        """Yield the objects that may match."""
        return api.list(self.resource, self.namespace, self.labels())

    def labels(self) -> dict[str, str]:
        """The labels that a selector can ask for; the others are compared like any field."""
        labels = self.metadata.get("labels")
        return {
            key: value
            for key, value in (labels.items() if isinstance(labels, dict) else ())
            if isinstance(key, str) and isinstance(value, str) and _SELECTABLE.fullmatch(value)
        }

    def see(self) -> str:
        """The kubectl command that shows what was looked at."""
        words = ["kubectl", "get", self.resource.typed]
        words += [self.name] if self.name is not None else []
        if self.resource.namespaced:
            words += ["-n", self.namespace] if self.namespace else ["-A"]
        if self.name is not None:
            words += ["-o", "yaml"]
        elif labels := self.labels():
            words += ["-l", ",".join(f"{key}={value}" for key, value in labels.items())]
        return shlex.join(words)

    def __str__(self) -> str:
        text = self.resource.kind + (f" {self.name}" if self.name is not None else "")
        if self.name is None and (labels := self.labels()):
            text += f" with {', '.join(f'{key}={value}' for key, value in labels.items())}"
        return text + (f" in namespace {self.namespace}" if self.namespace else "")


def _several(lines: list[str]) -> str:
    rest = len(lines) - _LINES
    return "\n".join(lines[:_LINES] + ([f"and {rest} more"] if rest > 0 else []))


def _name(live: Object) -> str:
    metadata = live.get("metadata") or {}
    return "/".join(filter(None, (metadata.get("namespace"), metadata.get("name"))))
