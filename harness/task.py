"""What the candidate reads: the task and the hints, with the names and numbers of this start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.variables import draw
from harness.yaml_files import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.app import App
    from harness.lab import Lab
    from harness.session import Session

EXAMPLE = {
    "work": "~/work", "server": "https://127.0.0.1:6443", "ca_data": "LS0tLS1CRUdJTi4uLg==",
    "control_plane": "cka-control-plane", "control_plane2": "cka-control-plane2",
    "control_plane3": "cka-control-plane3", "worker": "cka-worker", "worker2": "cka-worker2",
}  # fmt: skip


def render_task(lab: Lab, variables: Mapping[str, Any]) -> str:
    """The task as Markdown."""
    path = lab.folder / "task.md"
    return fill(read_text(path), variables, str(path))


def next_hint(app: App, lab: Lab, session: Session) -> tuple[int, str]:
    """The hint after the last one seen, and its number from 1; counted. After the last one, the last one again."""
    number = min(session.hints + 1, len(lab.spec.hints))
    app.sessions.change(session, hints=number)
    return number, fill(lab.spec.hints[number - 1], session.vars, f"hint {number} of {lab.slug}")


def example_variables(lab: Lab, seed: int = 0) -> Mapping[str, Any]:
    """Variables for a lab that is not started."""
    return {**draw(lab.spec.variables, lab.slug, seed), **EXAMPLE, "lab": lab.slug}


def fill(text: str, variables: Mapping[str, Any], origin: str) -> str:
    """``text`` rendered; the template engine (40 ms) is only loaded where there is something to fill in."""
    if "{" not in text:
        return text
    from harness.rendering import render  # noqa: PLC0415  (late: not every command needs it)

    return render(text, variables, origin)
