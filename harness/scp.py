"""`scp SOURCE… TARGET` in a lab's shell: ``python -m harness.scp FOLDER WORDS``."""

from __future__ import annotations

import secrets
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from harness import commands
from harness.entering import Nodes, hand_over, parse

VALUED = "cDFiJloPSX"  # scp's options with a value (scp(1))


@dataclass(frozen=True)
class Place:
    """One side of a copy: a path, here (``container`` None) or on a node."""

    container: str | None
    path: str


class CopyError(Exception):
    """A copy that could not be made; the text is for the user."""


def main(words: list[str]) -> int:
    """Copy between here and nodes, or become the user's scp where no node is named."""
    nodes, words = Nodes.read(Path(words[0])), words[1:]
    options = parse(words, VALUED)
    places = [place(word, nodes) for word in options.rest]
    if len(places) < 2 or not any(each.container for each in places):
        return hand_over("scp", words, nodes.folder)
    *sources, target = places
    code = 0
    for source in sources:
        try:
            copy(nodes.program, source, target, recursive="r" in options.flags, several=len(sources) > 1)
        except CopyError as error:
            sys.stderr.write(f"scp: {error}\n")
            code = 1
    return code


def place(word: str, nodes: Nodes) -> Place:
    """What ``word`` names: ``NODE:PATH`` (relative to /root), else a local path."""
    host, colon, path = word.partition(":")
    container = nodes.find(host) if colon and "/" not in host else None
    if container is None:
        return Place(None, word)
    return Place(container, path if path.startswith("/") else f"/root/{path.removeprefix('~/')}")


def copy(program: str, source: Place, target: Place, *, recursive: bool, several: bool) -> None:
    """Copy by a stream of tar: modes are kept, files belong to who receives them; CopyError says what is wrong."""
    for each in _expand(program, source):
        kind = _kind(program, source.container, each)
        if kind == "none":
            raise CopyError(f"{each}: No such file or directory")
        if kind == "directory" and not recursive:
            raise CopyError(f"{each}: not a regular file")
        into = _kind(program, target.container, target.path) == "directory"
        if several and not into:
            raise CopyError(f"{target.path}: Not a directory")
        parent, name = (target.path, Path(each).name) if into else _split(target.path)
        if _kind(program, target.container, parent) != "directory":
            raise CopyError(f"{target.path}: No such file or directory")
        _transfer(program, Place(source.container, each), Place(target.container, parent), name)


def _transfer(program: str, source: Place, folder: Place, name: str) -> None:
    """Send ``source`` into ``folder`` under ``name``: unpacked beside its place first, so that a name is no matter."""
    path = Path(source.path.rstrip("/") or "/")
    pack = _at(program, source.container, ["tar", "-C", str(path.parent), "-cf", "-", "--", path.name])
    staging = shlex.quote(f"{folder.path.rstrip('/')}/.scp-{secrets.token_hex(6)}")
    wanted, got = shlex.quote(f"{folder.path.rstrip('/')}/{name}"), shlex.quote(path.name)
    script = (
        f"mkdir {staging} && tar -C {staging} --no-same-owner -xf - && "
        f"if [ -d {staging}/{got} ] && [ -d {wanted} ]; then cp -a {staging}/{got}/. {wanted}/; "
        f"else mv -fT {staging}/{got} {wanted}; fi; code=$?; rm -rf {staging}; exit $code"
    )
    codes = commands.pipe(pack, _at(program, folder.container, ["sh", "-c", script]))
    if any(codes):
        raise CopyError(f"{source.path} was not copied (exit codes {codes[0]} and {codes[1]})")


def _expand(program: str, source: Place) -> list[str]:
    """The paths that a remote pattern means; locally the user's shell has done it."""
    if source.container is None or not set("*?[") & set(source.path):
        return [source.path]
    quoted = "".join(letter if letter in "*?[]" else shlex.quote(letter) for letter in source.path)
    done = commands.output(_at(program, source.container, ["sh", "-c", f"ls -d -- {quoted}"]))
    return done.splitlines() or [source.path]


def _kind(program: str, container: str | None, path: str) -> str:
    """``directory``, ``file`` or ``none``."""
    if container is None:
        found = Path(path)
        return "directory" if found.is_dir() else "file" if found.exists() else "none"
    script = f"if [ -d {shlex.quote(path)} ]; then echo directory; elif [ -e {shlex.quote(path)} ]; then echo file; fi"
    return commands.output(_at(program, container, ["sh", "-c", script])).strip() or "none"


def _at(program: str, container: str | None, command: list[str]) -> list[str]:
    return command if container is None else [program, "exec", "--interactive", container, *command]


def _split(path: str) -> tuple[str, str]:
    found = Path(path)
    return str(found.parent), found.name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
