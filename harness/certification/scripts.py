"""The commands of a shell script, as far as certification needs to tell them apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WAITS = re.compile(r"(kubectl\b(\s+-\S+(\s+[\w.{}$\"-]+)?)*\s+(wait|rollout\s+status)|sleep)\b")
HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)")


def statements(text: str) -> Iterator[str]:
    """The commands of a script: lines, with what continues them, here-documents and open blocks included."""
    held: list[str] = []
    ending = ""
    depth = quotes = 0
    for line in text.splitlines(keepends=True):
        held.append(line)
        if ending:
            ending = "" if line.strip() == ending else ending
        elif quotes % 2 or not line.lstrip().startswith("#"):
            if found := HEREDOC.search(line):
                ending = found[1]
            words = line.split("#")[0].split()
            depth += sum(word in ("do", "then", "{", "case") for word in words)
            depth -= sum(word.rstrip(";") in ("done", "fi", "}", "esac") for word in words)
            quotes += line.count("'")
        if not ending and depth <= 0 and not line.rstrip().endswith("\\") and quotes % 2 == 0:
            if "".join(held).strip():
                yield "".join(held)
            held = []
    if "".join(held).strip():
        yield "".join(held)


def only_waits(statement: str) -> bool:
    """Whether a command, or a loop of them, does nothing but wait for what is under way, as ``kubectl wait`` does."""
    joined = statement.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if not line.lstrip().startswith("#")]
    parts = [re.sub(r"^\s*do\s+", "", part).strip() for part in re.split(r"[;\n]|&&", "\n".join(lines))]
    doing = [part for part in parts if part and not re.match(r"(for\b.*|do|done)$", part)]
    return bool(doing) and all(WAITS.match(part) for part in doing)
