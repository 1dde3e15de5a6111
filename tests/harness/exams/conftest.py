"""A sitting: an exam of the miniature labs on fakes, with a clock that tests turn."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from harness.exams import places
from harness.exams.register import Register

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.exams.exam import Exam

BLUEPRINT = """
title: A small exam
minutes: 10
pass_mark: 50
labs: [11-first, 12-second, 13-third]
"""
LAB = """
title: Write the code into a file, {number}
domain: {domain}
competencies: [{competency}]
minutes: 4
difficulty: easy
shape: three-node
docs: [https://kubernetes.io/docs/concepts/storage/]
needs: [api]
claims: [{claims}]
vars:
  code: {{nonce: 8}}
  copies: 3
  colour: red
  namespace: team-{number}
hints:
  - "Write {{{{ code }}}} into answer.txt."
"""

SOUND = '''

@check(points=2)
def sound(k8s: K8s) -> None:
    """The cluster is sound and something was written."""
    if (k8s.work / "broken").exists():
        raise ConnectionResetError("the cluster went away")
    assert (k8s.work / "answer.txt").exists(), "found nothing"
'''


@dataclass
class Hall:
    """The exam's app, its clock, and what a candidate does."""

    world: Any
    now: float = 1_800_000_000.0

    @property
    def app(self) -> Any:
        return self.world.app

    @property
    def exam(self) -> Exam:
        return self.app.exams.read(self.app.exams.names()[-1])

    def solve(self, number: int, answer: str | None = None) -> Path:
        """Write the answer of a task, the right one if none is told."""
        task = self.exam.task(number)
        work = places.need(self.app, self.exam, task).work
        (work / "answer.txt").write_text(self.exam.vars[number]["code"] if answer is None else answer)
        return work


def lay_out_labs(mini: Path, root: Path, claims: dict[str, str]) -> Path:
    """Three labs like 01-pass in two domains, and a blueprint with them."""
    for number, name in ((11, "11-first"), (12, "12-second"), (13, "13-third")):
        shutil.copytree(mini / "01-pass", root / name)
        domain, competency = ("Workloads and Scheduling", "deployments") if number == 13 else ("Storage", "volumes")
        text = LAB.format(number=number, domain=domain, competency=competency, claims=claims.get(name, ""))
        (root / name / "lab.yaml").write_text(text)
        with (root / name / "checks.py").open("a") as checks:
            checks.write(SOUND)
        for manifest in (root / name / "start").glob("*.yaml*"):
            manifest.unlink()
        (root / name / "start" / "10-namespace.yaml.j2").write_text(
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {{ namespace }}\n"
        )
    (root / "exams").mkdir()
    (root / "exams" / "small.yaml").write_text(BLUEPRINT)
    return root


@pytest.fixture
def make_hall(tmp_path: Path, mini_labs: Path, make_world: Callable[..., Any], monkeypatch: Any) -> Callable[..., Hall]:
    def make(**claims: str) -> Hall:
        told = {name.replace("_", "-").removeprefix("lab-"): text for name, text in claims.items()}
        hall = Hall(make_world(lay_out_labs(mini_labs, tmp_path / "exam-labs", told)))
        register = Register(hall.app.state / "exams", hall.app.locks, lambda: hall.now)
        object.__setattr__(hall.app, "exams", register)
        return hall

    monkeypatch.delenv("LABS_EXAM", raising=False)
    monkeypatch.delenv("LABS_SANDBOX", raising=False)
    monkeypatch.setattr("harness.exams.grading.PAUSES", (0.0, 0.0))
    return make


@pytest.fixture
def hall(make_hall: Callable[..., Hall]) -> Hall:
    return make_hall()


@pytest.fixture
def labs(hall: Hall, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run `labs` with these words in the hall."""
    from types import SimpleNamespace

    from harness.cli.running import run

    def call(*words: str) -> Any:
        capsys.readouterr()
        code = run(words, hall.app)
        captured = capsys.readouterr()
        return SimpleNamespace(code=int(code), out=captured.out, err=captured.err)

    return call


@pytest.fixture
def begun(hall: Hall) -> Hall:
    """The hall with the small exam begun."""
    from harness.exams.starting import start

    start(hall.app, "small", 5, None)
    return hall
