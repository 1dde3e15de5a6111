"""A provider whose sandboxes are folders, and a cluster that consists of the work folder."""

from __future__ import annotations

import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from setup.errors import LabsError
from setup.providers.load import Load
from setup.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from setup.parts import Part
    from setup.state import Manifest

KUBECTL = """#!/bin/sh
echo "kubectl $*" >> "$(dirname "$KUBECONFIG")/kubectl.log"
for file in "$@"; do [ -f "$file" ] && cat "$file" >> "$(dirname "$KUBECONFIG")/applied.yaml"; done
exit 0
"""


class FakeProvider:
    """Keeps the contract of ``setup.providers.Provider`` with nothing but folders.

    ``calls`` records what was asked of it; ``before`` is called with the name of each step before it is done,
    so that a test can interrupt it there.
    """

    def __init__(
        self,
        state: Path,
        name: str = "fake",
        capabilities: Sequence[str] = ("api", "scheduling"),
        lacks: str | None = None,
    ) -> None:
        self.state = state
        self.name = name
        self.capabilities = frozenset(capabilities)
        self.shapes: tuple[str, ...] = ("three-node",)
        self.lacks = lacks
        self.room: tuple[LabsError, ...] = ()
        self.holds = 10
        self.keeps = True
        self.calls: list[tuple[str, ...]] = []
        self.before: Callable[[str], None] = lambda _: None

    def missing(self) -> str | None:
        return self.lacks

    def obstacles(self) -> tuple[LabsError, ...]:
        return self.room

    def up(self, name: str, shape: str, tell: Callable[[str], None]) -> Sandbox:
        self.before("up")
        directory = self.state / "sandboxes" / name
        sandbox = Sandbox.load(directory)
        if sandbox is None:
            self.calls.append(("make", name))
            tell(f"making {name}")
            shutil.rmtree(directory, ignore_errors=True)
            (directory / "bin").mkdir(parents=True)
            (directory / "work").mkdir()
            (directory / "bin" / "kubectl").write_text(KUBECTL)
            (directory / "bin" / "kubectl").chmod(0o755)
            sandbox = Sandbox(name, self.name, shape, "v1.36.3", directory, directory / "bin")
            sandbox.save()
        elif not self.alive(sandbox):
            self.calls.append(("revive", name))
        (directory / "running").touch()
        return sandbox

    def down(self, name: str) -> None:
        self.before("down")
        directory = self.state / "sandboxes" / name
        if directory.is_dir():
            self.calls.append(("down", name))
            shutil.rmtree(directory)

    def sandboxes(self) -> tuple[Sandbox, ...]:
        found = (Sandbox.load(each) for each in sorted((self.state / "sandboxes").glob("*/")))
        return tuple(each for each in found if each and each.provider == self.name)

    def memory(self, sandbox: Sandbox) -> int:
        return 7 << 20 if self.alive(sandbox) else 0

    def alive(self, sandbox: Sandbox) -> bool:
        return (sandbox.directory / "running").exists()

    def reset(self, sandbox: Sandbox) -> None:
        self.before("reset")
        self.calls.append(("reset", sandbox.name))
        shutil.rmtree(sandbox.work, ignore_errors=True)
        sandbox.work.mkdir()

    def reset_part(self, sandbox: Sandbox, part: Part) -> None:
        self.before("reset_part")
        self.calls.append(("reset_part", sandbox.name, *part.namespaces))

    def checkpoint(self, sandbox: Sandbox, name: str) -> SimpleNamespace | None:
        self.calls.append(("checkpoint", sandbox.name, name))
        kept = sandbox.directory / "checkpoints" / name
        shutil.copytree(sandbox.work, kept, dirs_exist_ok=True)

        def restore() -> None:
            self.before("restore")
            self.calls.append(("restore", sandbox.name, name))
            shutil.rmtree(sandbox.work)
            shutil.copytree(kept, sandbox.work)

        return SimpleNamespace(restore=restore) if self.keeps else None

    def load(self, shapes: Sequence[str]) -> Load:
        return Load(len(shapes))

    def crowded(self, shapes: Sequence[str], beside: Load) -> str | None:
        return f"there is room for {self.holds}" if len(shapes) > self.holds else None

    def spare(self, shape: str, *, force: bool = False) -> bool:
        self.calls.append(("spare", shape, "forced" if force else "where memory allows"))
        return True

    def clean(self, tell: Callable[[str], None]) -> tuple[str, ...]:
        left = self.state / "left-over"
        if not left.exists():
            return ()
        left.unlink()
        tell("removed left-over")
        return ("left-over",)

    def prefetch(self, tell: Callable[[str], None]) -> None:
        self.calls.append(("prefetch",))
        tell("fetching nothing")

    def die(self, name: str) -> None:
        """As after a reboot: the sandbox's files are there, nothing runs."""
        (self.state / "sandboxes" / name / "running").unlink()


class FakeCluster:
    """Takes the place of the API server: refuses what a test wants refused, remembers the rest."""

    def __init__(self) -> None:
        self.applied: list[str] = []
        self.revoked: list[str] = []
        self.watched: list[Path] = []
        self.before: Callable[[str], None] = lambda _: None

    def revoke(self, sandbox: Sandbox) -> None:
        self.before("revoke")
        self.revoked.append(sandbox.name)

    def apply(self, sandbox: Sandbox, manifests: Sequence[Manifest]) -> None:
        self.before("apply")
        for manifest in manifests:
            if "refuse-me" in manifest.text:
                raise LabsError(f"{manifest.origin}: the API server refused it: no such kind", "Mend the manifest.")
            self.applied.append(manifest.text)

    def connect(self, sandbox: Sandbox, variables: Mapping[str, Any]) -> Any:
        self.before("connect")
        return SimpleNamespace(
            close=lambda: None, vars=variables, work=sandbox.work, _traffic=SimpleNamespace(delay=0.0)
        )
