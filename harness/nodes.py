"""A sandbox's nodes by the names that tasks and people use for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROLE = re.compile(r"(control-plane|worker)\d*$")


def short(name: str) -> str:
    """The end of a node's name that tells its role: ``worker2`` of ``labs-3f2a-three-node-1-worker2``."""
    found = ROLE.search(name)
    return found[0] if found else name


def by_name(nodes: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Each node's full name, by that and by its short name."""
    names = [name for name, _ in nodes]
    return {short(name): name for name in names} | {name: name for name in names}


def variables(nodes: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """The variables that name nodes in labs: ``control_plane``, ``worker``, ``worker2`` …"""
    return {short(name).replace("-", "_"): name for name, _ in nodes}
