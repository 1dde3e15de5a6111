"""The commands of a shell script, as far as certification needs to tell them apart."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Parser

WAITS = re.compile(r"(kubectl\b(\s+-\S+(\s+[\w.{}$\"-]+)?)*\s+(wait|rollout\s+status)|sleep)\b")


def statements(text: str) -> Iterator[str]:
    """The commands of a script as whole lines, with what continues them, here-documents and open blocks included.

    Commands that share a line are one; so is a comment on a line of its own. Nothing of the text is left out.
    """
    lines = text.splitlines(keepends=True)
    starts, end = [0], 0
    for node in _root(text).children:
        if node.start_point.row >= end > 0:
            starts.append(node.start_point.row)
        end = node.end_point.row + 1
    for begin, until in pairwise([*starts, len(lines)]):
        yield "".join(lines[begin:until])


def only_waits(statement: str) -> bool:
    """Whether a command, or a loop of them, does nothing but wait for what is under way, as ``kubectl wait`` does."""
    commands = [each.replace("\\\n", " ") for each in _texts(_root(statement), "command")]
    return bool(commands) and all(WAITS.match(each) for each in commands)


def here_documents(statement: str) -> list[str]:
    """The texts that a command gets as here-documents."""
    return list(_texts(_root(statement), "heredoc_body"))


def _texts(node: Node, kind: str) -> Iterator[str]:
    """The texts of the nodes of this kind, as tree-sitter-bash calls it, this one and those below."""
    if node.type == kind:
        yield (node.text or b"").decode()
    for each in node.children:
        yield from _texts(each, kind)


def _root(text: str) -> Node:
    return _parser().parse(text.encode()).root_node


@cache
def _parser() -> Parser:
    import tree_sitter_bash  # noqa: PLC0415  (late: only certification reads scripts)
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_bash.language()))
