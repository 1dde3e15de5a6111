"""`ssh` and `scp` of a lab's shell: they enter the sandbox's nodes, anything else goes to the user's own ssh."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.nodes import by_name

if TYPE_CHECKING:
    from setup.sandbox import Sandbox

PROGRAMS = ("ssh", "scp")
NODES = "nodes.json"  # beside the shims: the runtime's program and the container of each name


def folder(sandbox: Sandbox) -> Path:
    """Where the shims of a sandbox are; the front of its PATH."""
    return sandbox.directory / "shell" / "bin"


def path(sandbox: Sandbox) -> str:
    """What comes first in PATH in the lab: the shims where nodes can be entered, and the sandbox's kubectl."""
    return f"{folder(sandbox)}{os.pathsep}{sandbox.bin}" if sandbox.nodes else str(sandbox.bin)


def lay_out(sandbox: Sandbox) -> None:
    """Write the shims and the table of nodes; do nothing where nodes cannot be entered."""
    if not sandbox.nodes:
        return
    where = folder(sandbox)
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    program = sandbox.nodes[0][1].split("://", 1)[0]
    _write(where / NODES, json.dumps({"program": program, "nodes": by_name(sandbox.nodes)}))
    root = shlex.quote(str(Path(__file__).resolve().parent.parent))
    for name in PROGRAMS:
        python = f"PYTHONPATH={root} exec {shlex.quote(sys.executable)} -P -m harness.{name}"
        _write(
            where / name,
            f'#!/bin/sh\n# Made by `labs`; enters nodes by name.\n{python} {shlex.quote(str(where))} "$@"\n',
        )
        (where / name).chmod(0o700)


def _write(file: Path, text: str) -> None:
    part = file.with_name(f"{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
