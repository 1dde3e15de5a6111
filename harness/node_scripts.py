"""The scripts under a lab's start/nodes/: faults and data inside nodes, put there as root."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness import commands
from harness.nodes import variables as node_variables
from harness.rendering import render
from harness.ways import files_of, rendered_name
from harness.yaml_files import read_text
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.lab import Lab
    from setup.sandbox import Sandbox

FOLDER = "nodes"  # below start/
DEADLINE = 120.0  # seconds for one script
SHOWN = 1500  # characters of a failed script's output


@dataclass(frozen=True)
class NodeScript:
    """A script for one node: where it comes from, the variable that names the node, and its text."""

    origin: str
    variable: str
    text: str


def read_scripts(lab: Lab, variables: Mapping[str, Any]) -> tuple[NodeScript, ...]:
    """The lab's scripts, rendered, in the order of their names: ``control_plane.sh`` before ``worker.sh``."""
    return tuple(_read(lab, file, variables) for file in files_of(lab.folder / "start" / FOLDER))


def has_scripts(lab: Lab) -> bool:
    """Whether the lab's start changes nodes."""
    return bool(files_of(lab.folder / "start" / FOLDER))


def run_scripts(sandbox: Sandbox, scripts: tuple[NodeScript, ...]) -> None:
    """Run each script with bash, as root, in its node; LabsError tells which failed, with its output."""
    names, backends = node_variables(sandbox.nodes), dict(sandbox.nodes)
    for script in scripts:
        if script.variable not in names:
            raise LabsError(f"{script.origin}: this sandbox has no node {script.variable}", "Choose another shape.")
        program, _, container = backends[names[script.variable]].partition("://")
        command = [
            program,
            "exec",
            "--env",
            "HOME=/root",
            container,
            "bash",
            "-eu",
            "-o",
            "pipefail",
            "-c",
            script.text,
        ]
        outcome = commands.run(command, env=os.environ, cwd=sandbox.directory, deadline=DEADLINE)
        if outcome.code != 0:
            output = outcome.output.strip()[-SHOWN:] or "(no output)"
            raise LabsError(f"{script.origin} ended with exit code {outcome.code}:\n{output}", "Start the lab again.")


def _read(lab: Lab, file: Path, variables: Mapping[str, Any]) -> NodeScript:
    text = render(read_text(file), variables, str(file)) if file.suffix == ".j2" else read_text(file)
    return NodeScript(f"{lab.slug}/start/{FOLDER}/{file.name}", rendered_name(file).removesuffix(".sh"), text)
