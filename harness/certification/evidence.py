"""What a cluster held when something was not shown: its objects as YAML, in the report's folder."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from setup.dump import Dump
    from setup.sandbox import Sandbox

LONGEST = 70  # characters of a name
MOST = 12  # folders a lab: a lab that is wrong everywhere need not fill the disk
EVERYWHERE = ("system:", "kubeadm:", "extension-apiserver-authentication")  # names that every cluster has
ALWAYS_THERE = ("apiservices", "flowschemas", "prioritylevelconfigurations", "ipaddresses", "servicecidrs")


@dataclass
class Evidence:
    """Keeps objects below ``report``; without one, nothing."""

    report: Path | None
    slug: str
    take: Callable[[Sandbox], Dump]
    kept: int = 0

    def keep(self, sandbox: Sandbox, *place: str) -> str:
        """Write the objects as they are now; their folder, relative to the report, or nothing if none was written."""
        if self.report is None or self.kept >= MOST:
            return ""
        try:
            objects = self.take(sandbox)
        except (LabsError, ConnectionError, OSError):
            return ""  # the cluster does not answer, which the problem's own words say
        self.kept += 1
        folder = Path(self.slug, *(plain(part) for part in place))
        target = self.report / folder
        target.mkdir(parents=True, exist_ok=True)
        for name, text in files(objects):
            (target / name).write_text(text, encoding="utf-8")
        return folder.as_posix()


def files(objects: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """One file a namespace and one for what has none, by name; what every cluster has is left out."""
    by_namespace: dict[str, list[Mapping[str, Any]]] = {}
    for key, each in sorted(objects.items()):
        resource, namespace, name = key.rsplit("/", 3)[1:]
        if resource not in ALWAYS_THERE and not name.startswith(EVERYWHERE):
            group = key.removeprefix("/").split("/", 1)[1].rsplit("/", 3)[0]
            by_namespace.setdefault(namespace, []).append({"resource": f"{group}/{resource}", **each})
    for namespace, found in by_namespace.items():
        yield f"{plain(namespace) or 'cluster'}.yaml", yaml.safe_dump_all(found, sort_keys=False, explicit_start=True)


def plain(text: str) -> str:
    """``text`` as a file's name; a long one ends in a number of its own."""
    name = re.sub(r"[^a-z0-9.]+", "-", text.casefold()).strip("-.")
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}-{zlib.crc32(text.encode()):08x}"
