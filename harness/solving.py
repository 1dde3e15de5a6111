"""Going a way through a lab as the candidate: kubectl and bash, with the candidate's login and folder."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import commands
from harness.environment import candidate_environment
from harness.rendering import render
from harness.ways import rendered_name
from harness.yaml_files import read_text
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.lab import Lab
    from harness.ways import Way
    from setup.sandbox import Sandbox

DEADLINE = 60.0  # seconds for one file, and for each minute that the lab is given
SHOWN = 1500  # characters of a failed command's output


def apply_way(
    sandbox: Sandbox,
    lab: Lab,
    way: Way,
    variables: Mapping[str, Any],
    within: float | None = None,
    part: slice = slice(None),
) -> None:
    """Do what the files of a way say, in the order of their names; its base, if it has one, is the caller's to do.

    ``*.yaml`` is given to ``kubectl apply``, ``*.sh`` to bash in the work folder; other files lie beside them in
    ``$SOLUTION``. ``*.j2`` are rendered first. LabsError tells which file failed, with its output, or that the whole
    was not done ``within`` so many seconds; without a limit each file has a minute for each minute of the lab.
    Of the files only ``part`` is done; the others have been before, or will be.
    """
    until = None if within is None else time.monotonic() + within
    with tempfile.TemporaryDirectory(prefix="labs-way-") as name:
        folder = Path(name)
        steps = [_lay_out(file, folder, variables) for file in way.files]
        for step in steps[part]:
            deadline = DEADLINE * max(1, lab.spec.minutes) if until is None else max(0.1, until - time.monotonic())
            _take(step, sandbox, folder, deadline, f"{lab.slug}/{way.folder.parent.name}/{way.name}/{step.name}")


def _lay_out(file: Path, folder: Path, variables: Mapping[str, Any]) -> Path:
    target = folder / rendered_name(file)
    if file.suffix == ".j2":
        target.write_text(render(read_text(file), variables, str(file)), encoding="utf-8")
    else:
        shutil.copy(file, target)
    return target


def _take(step: Path, sandbox: Sandbox, folder: Path, deadline: float, origin: str) -> None:
    if step.suffix == ".yaml":
        command = [str(sandbox.bin / "kubectl"), "apply", "-f", str(step)]
    elif step.suffix == ".sh":
        command = ["bash", "-eu", "-o", "pipefail", str(step)]
    else:
        return
    env = candidate_environment(sandbox) | {"SOLUTION": str(folder), "KUBECTL_KUBERC": "false"}
    sandbox.work.mkdir(exist_ok=True)
    outcome = commands.run(command, env=env, cwd=sandbox.work, deadline=deadline)
    if outcome.code != 0:
        output = outcome.output.strip()[-SHOWN:] or "(no output)"
        raise LabsError(f"{origin} ended with exit code {outcome.code}:\n{output}", "`labs reset` gives a clean start.")
