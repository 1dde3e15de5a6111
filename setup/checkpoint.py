"""A state on the way between a sandbox's baseline and now, to come back to as often as one likes.

It is kept as the baseline is, beneath the API server; so it is for sandboxes whose nodes do nothing of their own.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from setup import baseline
from setup.baseline import ALWAYS_NEW, DROPPED, KEPT_WHERE_PRESENT, PREFIX, Difference, differences
from setup.errors import LabsError
from setup.etcd import Entry, Etcd
from setup.sandbox import Sandbox

PAUSE = 0.1  # seconds between two looks
CALM = 8  # looks in a row that find every key as it was: on a busy machine controllers may be late
PATIENCE = 5.0  # seconds for controllers to be done with what they saw, or with what was restored
PASSING = (*ALWAYS_NEW, *DROPPED, *KEPT_WHERE_PRESENT)  # keys that change while nothing happens

Connect = Callable[[Path], Etcd]


class Restorable(Protocol):
    """A state that a provider has kept."""

    def restore(self) -> None:
        """Bring everything back to what it was, verified; LabsError where that fails."""


@dataclass(frozen=True)
class Belongings:
    """What is the candidate's own in a sandbox, kept under a name."""

    sandbox: Sandbox
    name: str

    def keep(self) -> bool:
        """Copy it; False where it holds what cannot be copied: a pipe, a socket, more than the disk takes."""
        try:
            for there, kept in self._files():
                _copy(there, kept)
        except OSError:
            return False
        return True

    def bring_back(self) -> None:
        """Make it what it was; LabsError where that fails."""
        try:
            for there, kept in self._files():
                _copy(kept, there)
        except OSError as error:
            raise LabsError(f"{there} cannot be brought back: {error}") from error

    def _files(self) -> list[tuple[Path, Path]]:
        folder = self.sandbox.directory / "checkpoints" / self.name
        return [(each, folder / each.name) for each in (self.sandbox.work, self.sandbox.candidate_kubeconfig)]


@dataclass
class Checkpoint:
    """What the API held and what the candidate's folders held at one moment at which no controller was at work."""

    sandbox: Sandbox
    belongings: Belongings
    keys: dict[str, Entry]
    connect: Connect

    @classmethod
    def take(cls, sandbox: Sandbox, name: str, connect: Connect = Etcd.on_socket) -> "Checkpoint | None":
        """Keep the state of now under this name; None where controllers do not come to rest for long enough, or the
        candidate's folder holds what cannot be copied.
        """
        etcd = connect(sandbox.directory)
        try:
            keys = at_rest(etcd)
        finally:
            etcd.close()
        belongings = Belongings(sandbox, name)
        return cls(sandbox, belongings, keys, connect) if keys is not None and belongings.keep() else None

    def restore(self) -> None:
        """Bring everything back to what it was, verified; LabsError where the cluster does not come to rest there."""
        etcd = self.connect(self.sandbox.directory)
        try:
            etcd.change({}, etcd.entries(DROPPED[0], keys_only=True))
            unrest = LabsError(f"{self.sandbox.name} does not come to rest at its checkpoint")
            baseline.settle(etcd, self.keys, self._changed, unrest, PATIENCE)
        finally:
            etcd.close()
        self.belongings.bring_back()

    def _changed(self, now: Mapping[str, Entry]) -> Difference:
        """Events may be written at any time: they tell nothing of the state."""
        return differences(self.keys, _without(DROPPED, now))


def at_rest(etcd: Etcd, passing: tuple[str, ...] = PASSING) -> dict[str, Entry] | None:
    """All keys, once those that do not begin with what is ``passing`` have stayed the same for CALM looks."""
    deadline = time.monotonic() + PATIENCE
    before: dict[str, int] = {}
    calm = 0
    while time.monotonic() < deadline:
        keys = etcd.entries(PREFIX, keys_only=calm < CALM)
        now = {key: entry.revision for key, entry in _without(passing, keys).items()}
        if now == before and calm == CALM:
            return _without(ALWAYS_NEW + DROPPED, keys)
        calm = calm + 1 if now == before else 0
        before = now
        time.sleep(PAUSE)
    return None


def _without(prefixes: tuple[str, ...], keys: Mapping[str, Entry]) -> dict[str, Entry]:
    return {key: entry for key, entry in keys.items() if not key.startswith(prefixes)}


def _copy(source: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
