"""Control planes as plain processes, with simulated nodes: no Docker, no root."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from setup import baseline, parts
from setup.checkpoint import Checkpoint
from setup.errors import LabsError
from setup.etcd import Etcd
from setup.parts import Part
from setup.progress import Tell
from setup.providers.embedded.logins import last_port, write_logins
from setup.providers.embedded.running import end, running
from setup.providers.load import Load
from setup.sandbox import CLUSTER, FINISHED, Sandbox, remove
from setup.tools import cache as tools
from setup.tools.pins import KUBERNETES

GIB = 1 << 30
MEMORY = 620 << 20  # bytes that a control plane takes, see `make bench`
INSTANCES = 13  # inotify instances of its API server and controller manager
IDLE = 0.025  # processors
AIR = 512 << 20  # bytes that stay free


class Embedded:
    """Makes sandboxes of etcd, the Kubernetes control plane and kwok, each in a folder under ``state``/sandboxes."""

    name = "embedded"
    capabilities = frozenset({"api", "scheduling", "multi-node"})
    shapes: tuple[str, ...] = ("three-node",)  # one control plane only: simulated nodes make none highly available

    def __init__(self, state: Path, cache: Path) -> None:
        self.root = state / "sandboxes"
        self.cache = cache

    def missing(self) -> str | None:
        """Why this provider cannot be used here, or None."""
        if sys.platform not in ("linux", "darwin"):
            return f"there are no control-plane binaries for {sys.platform}: use --provider kind"
        if tools.missing(self.cache) and not tools.obtainable(self.cache):
            return f"the control-plane binaries are not in {self.cache} and cannot be had: {tools.NO_WAY}"
        return None

    def obstacles(self) -> tuple[LabsError, ...]:
        """Nothing beyond what `labs doctor` looks at for any provider."""
        return ()

    def up(self, name: str, shape: str, tell: Tell) -> Sandbox:
        """Bring up a sandbox; keep a running one, revive a stopped one with the work in it."""
        found = Sandbox.load(self.root / name)
        if found and self.alive(found):
            return found
        from setup.providers.embedded import making, seeds  # it brings cryptography along: a reset does without

        binaries = tools.ensure(self.cache, tell)
        if found:
            making.revive(found, binaries, tell)
            return found
        seed = seeds.ensure(self.cache, binaries, shape, tell)
        sandbox = Sandbox(name, self.name, shape, KUBERNETES, self.root / name, tools.shell_directory(self.cache))
        making.make(sandbox, binaries, seed, tell)
        return sandbox

    def down(self, name: str) -> None:
        """End the sandbox's processes and remove its files; do nothing if there are none."""
        directory = self.root / name
        if directory.is_dir() and not (directory / CLUSTER).exists():
            (directory / FINISHED).unlink(missing_ok=True)
            end(directory)
            remove(directory)

    def sandboxes(self) -> tuple[Sandbox, ...]:
        """All finished sandboxes, running or not."""
        found = (Sandbox.load(each) for each in sorted(self.root.glob("*/")))
        return tuple(each for each in found if each and each.provider == self.name)

    def alive(self, sandbox: Sandbox) -> bool:
        """Whether the sandbox runs."""
        return running(sandbox.directory)

    def memory(self, sandbox: Sandbox) -> int:
        """The resident memory, in bytes, of the sandbox's processes."""
        from setup.providers.embedded.memory import (
            resident,  # psutil takes a while to load, and most commands do not need it
        )

        return resident(sandbox.directory)

    def reset(self, sandbox: Sandbox) -> None:
        """Bring the sandbox back to its baseline, verified; the candidate's kubeconfig and work folder too."""
        etcd = Etcd.on_socket(sandbox.directory)
        try:
            baseline.restore(etcd, sandbox.directory / baseline.FILE)
        finally:
            etcd.close()
        write_logins(sandbox.directory, last_port(sandbox.directory), ("candidate",))
        shutil.rmtree(sandbox.kubectl_cache, ignore_errors=True)
        shutil.rmtree(sandbox.work, ignore_errors=True)
        sandbox.work.mkdir(mode=0o700)

    def reset_part(self, sandbox: Sandbox, part: Part) -> None:
        """Bring only what ``part`` says back to its baseline, verified; logins and work folders stay."""
        etcd = Etcd.on_socket(sandbox.directory)
        parts.reset(sandbox.grader_kubeconfig, etcd, sandbox.directory / baseline.FILE, part)

    def checkpoint(self, sandbox: Sandbox, name: str) -> Checkpoint | None:
        """Keep the state of now once controllers are at rest; None where they are not soon."""
        return Checkpoint.take(sandbox, name)

    def load(self, shapes: Sequence[str]) -> Load:
        """What so many control planes take."""
        count = len(shapes)
        return Load(count * MEMORY, count * INSTANCES if os.geteuid() == 0 else 0, count * IDLE)

    def crowded(self, shapes: Sequence[str], beside: Load) -> str | None:
        """Why so many control planes cannot be had at once, beside what runs and ``beside``, or None."""
        import psutil

        wanted = self.load(shapes).memory + beside.memory + AIR
        free = psutil.virtual_memory().available
        if free < wanted:
            also = " and what else is wanted" if beside.memory else ""
            need = f"{len(shapes)} control planes{also} need {wanted / GIB:.1f} GiB"
            return f"{free / GIB:.1f} GiB of memory are free, {need}"
        return None

    def spare(self, shape: str, *, force: bool = False) -> bool:  # noqa: ARG002 - the interface's
        """Nothing is prepared: a new sandbox takes seconds."""
        return False

    def clean(self, tell: Tell) -> tuple[str, ...]:
        """Remove what killed commands left half-made; the names."""
        from setup.providers.embedded import making

        swept = making.sweep_all(self.root)
        for name in swept:
            tell(f"removed the half-made sandbox {name}")
        return swept

    def prefetch(self, tell: Tell) -> None:
        """Get the binaries and make the seeds that new sandboxes grow from."""
        from setup.providers.embedded import seeds

        binaries = tools.ensure(self.cache, tell)
        for shape in self.shapes:
            seeds.ensure(self.cache, binaries, shape, tell)
