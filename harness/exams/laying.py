"""Bringing the start of one task about on its cluster."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from harness.confirming import untouched_problem
from harness.exams.places import view
from harness.logins import given
from harness.node_scripts import read_scripts, run_scripts
from harness.shims import lay_out
from harness.start_files import lay_out_work, read_manifests
from harness.variables import draw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.app import App
    from harness.exams.exam import Task
    from harness.lab import Lab
    from setup.sandbox import Sandbox


def values(lab: Lab, task: Task, sandbox: Sandbox) -> Mapping[str, Any]:
    """The variables of one start of the task."""
    own = {"work": str(view(sandbox, task).work), "lab": lab.slug}
    return draw(lab.spec.variables, lab.slug, task.seed) | own | given(sandbox)


def lay(app: App, lab: Lab, task: Task, sandbox: Sandbox, variables: Mapping[str, Any]) -> None:
    """Make the task's objects, its work folder and what is on nodes; its part of the cluster is clean."""
    place = view(sandbox, task)
    manifests = read_manifests(lab, variables)  # mistakes in it come before anything is done
    if lab.spec.replaces:
        place.worn.touch()
    shutil.rmtree(place.work, ignore_errors=True)
    place.work.mkdir(mode=0o700, parents=True)
    lay_out(place)
    lay_out_work(lab, place.work, variables)
    app.apply(place, manifests)
    run_scripts(place, read_scripts(lab, variables))


def confirm(app: App, lab: Lab, task: Task, sandbox: Sandbox, variables: Mapping[str, Any]) -> None:
    """Judge before any work is done; LabsError where something passes or cannot be judged."""
    place = view(sandbox, task)
    wrong = untouched_problem(lab, lambda checks: app.judge_with(lab, checks, place, variables))
    if wrong is not None:
        raise wrong
