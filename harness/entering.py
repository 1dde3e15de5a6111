"""What the `ssh` and `scp` of a lab's shell have in common: nodes by name, and the user's own programs."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOT_THERE = 127  # what a shell exits with for a command that is not installed
FAILED = 255  # what ssh exits with when it could not connect


@dataclass(frozen=True)
class Nodes:
    """The sandbox's nodes: the runtime's program, containers by name, and the folder that the shims are in."""

    program: str
    containers: Mapping[str, str]
    folder: Path

    @classmethod
    def read(cls, folder: Path) -> Nodes:
        """Read the table that `labs` wrote beside the shims."""
        found = json.loads((folder / "nodes.json").read_text(encoding="utf-8"))
        return cls(found["program"], found["nodes"], folder)

    def find(self, host: str) -> str | None:
        """The container of a host as it is typed (``worker``, ``root@worker``); None where it is no node of ours."""
        return self.containers.get(host.rpartition("@")[2])


@dataclass(frozen=True)
class Options:
    """The leading options of an ssh-like command line, and what follows them."""

    flags: frozenset[str]
    values: Mapping[str, str]
    rest: tuple[str, ...]


def parse(words: Sequence[str], valued: str) -> Options:
    """Split off the options: single letters, those in ``valued`` with a value; ``--`` ends them (getopt)."""
    flags: set[str] = set()
    values: dict[str, str] = {}
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in valued:
                values[letter] = letters or (rest.pop(0) if rest else "")
                break
            flags.add(letter)
    return Options(frozenset(flags), values, tuple(rest))


def hand_over(program: str, words: Sequence[str], folder: Path) -> int:
    """Become the user's own ``program``; 127 where there is none."""
    elsewhere = [part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(part) != folder]
    found = shutil.which(program, path=os.pathsep.join(elsewhere))
    if found is not None:
        os.execv(found, [program, *words])  # noqa: S606 - an argument list, no shell
    sys.stderr.write(f"{program}: not installed, and the host is no node of this lab\n")
    return NOT_THERE
