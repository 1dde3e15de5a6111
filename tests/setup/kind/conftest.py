"""A fake docker and a fake kind on PATH, and a provider that works with them."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from setup.providers.kind import runtime
from setup.providers.kind.provider import TOOLS, Kind
from setup.tools import cache as tools

FAKES = Path(__file__).parent.parent.parent / "fakes" / "bin"


@dataclass(frozen=True)
class World:
    """The fakes' state, and a provider on it."""

    root: Path
    provider: Kind

    def containers(self) -> set[str]:
        return {each.name for each in (self.root / "containers").glob("*")}

    def networks(self) -> set[str]:
        return {each.name for each in (self.root / "networks").glob("*")}

    def add(self, container: str, cluster: str) -> None:
        (self.root / "containers").mkdir(exist_ok=True)
        (self.root / "containers" / container).write_text(json.dumps({"cluster": cluster, "running": True}))

    def stop(self, container: str) -> None:
        file = self.root / "containers" / container
        file.write_text(json.dumps(json.loads(file.read_text()) | {"running": False}))

    def calls(self, word: str) -> list[list[str]]:
        lines = (self.root / "docker.log").read_text().splitlines()
        return [words for words in map(json.loads, lines) if words[0] == word]

    def clusters(self) -> set[str]:
        return {each.name for each in (self.provider.state / "clusters").glob("*/")}


@pytest.fixture
def fake_runtime(tmp_path, monkeypatch) -> Path:
    """The fakes first in PATH; nothing is known yet of what runs here."""
    root = tmp_path / "runtime"
    root.mkdir()
    monkeypatch.setenv("FAKE_RUNTIME", str(root))
    monkeypatch.setenv("PATH", f"{FAKES}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    runtime.find.cache_clear()
    yield root
    runtime.find.cache_clear()


def cache_with_fakes(tmp_path: Path) -> Path:
    """A cache that holds the fake kind and a kubectl."""
    cache = tmp_path / "cache"
    for module in TOOLS:
        directory = tools.directory_of(cache, module)
        directory.mkdir(parents=True)
        for name, _ in module.binaries:
            shutil.copy(FAKES / "kind" if name == "kind" else "/bin/true", directory / name)
    return cache


@pytest.fixture
def world(tmp_path, fake_runtime) -> World:
    """A provider on the fakes; the node image is there."""
    from setup.images import node
    from setup.providers.kind.images import entry

    (fake_runtime / "images").mkdir()
    for shape in ("three-node", "previous-minor"):
        image = node.tag(entry(shape, "built").version)
        (fake_runtime / "images" / image.replace("/", "_")).touch()
    return World(fake_runtime, Kind(tmp_path / "state", cache_with_fakes(tmp_path), capture=lambda *_, **__: None))
