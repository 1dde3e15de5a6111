"""An app whose provider, cluster and labs are fakes, and the `labs` command on it."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

TESTS = Path(__file__).parent.parent
sys.path.append(str(TESTS))

from fakes.provider import FakeCluster, FakeProvider  # noqa: E402

from harness.app import App  # noqa: E402
from harness.catalog import Catalog  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.out)


@dataclass
class World:
    """The fakes behind the app, for a test to look at and to disturb."""

    app: App
    provider: FakeProvider
    cluster: FakeCluster
    told: list[str] = field(default_factory=list)

    def work(self, sandbox: str = "three-node-1") -> Path:
        return self.app.sessions.folder / sandbox / "work"

    def solve(self, sandbox: str = "three-node-1") -> None:
        session = self.app.sessions.read(sandbox)
        assert session is not None
        (self.work(sandbox) / "answer.txt").write_text(session.vars["code"])


@pytest.fixture
def mini_labs() -> Path:
    return TESTS / "labs"


@pytest.fixture
def mine(tmp_path: Path, mini_labs: Path) -> Path:
    """The folder of a lab to be changed or damaged: a copy of the one that has everything, and nothing beside it."""
    root = tmp_path / "mine"
    shutil.copytree(mini_labs / "01-pass", root / "01-pass")
    shutil.copy(mini_labs / "curriculum.yaml", root)
    return root / "01-pass"


@pytest.fixture
def make_world(tmp_path: Path, mini_labs: Path) -> Callable[..., World]:
    def make(*roots: Path) -> World:
        state = tmp_path / "state"
        provider, cluster, told = FakeProvider(state), FakeCluster(), []
        app = App(
            Catalog((*roots, mini_labs)),
            state,
            tmp_path / "cache",
            {"fake": provider},
            apply=cluster.apply,
            connect=cluster.connect,
            tell=told.append,
            preload=lambda: None,
            revoke=cluster.revoke,
            watch=cluster.watched.append,
        )
        return World(app, provider, cluster, told)

    return make


@pytest.fixture
def world(make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.delenv("LABS_SANDBOX", raising=False)
    return make_world()


@pytest.fixture
def labs(world: World, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run `labs` with these words."""
    from harness.cli.running import run

    def call(*words: str) -> Answer:
        capsys.readouterr()
        code = run(words, world.app)
        captured = capsys.readouterr()
        return Answer(int(code), captured.out, captured.err)

    return call


@pytest.fixture
def write_lab(tmp_path: Path) -> Callable[..., Path]:
    """A folder of labs with one lab whose lab.yaml is this text."""

    def write(slug: str, text: str, **files: str) -> Path:
        folder = tmp_path / "own-labs" / slug
        folder.mkdir(parents=True)
        (folder / "lab.yaml").write_text(text)
        for name, content in files.items():
            (folder / name.replace("_", ".")).write_text(content)
        return folder.parent

    return write
