"""Control planes as plain processes, with simulated nodes: no Docker, no root."""

import errno
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup import baseline, seeds
from setup.control_plane import end, make_files, remove, running, supervised, write_logins
from setup.errors import LabsError
from setup.etcd import Etcd
from setup.ports import hold_port
from setup.providers import Tell
from setup.sandbox import Sandbox
from setup.supervisor import READY
from setup.tools import cache as tools
from setup.tools.pins import KUBERNETES

BASELINE = "baseline.json"


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

    def up(self, name: str, shape: str, tell: Tell) -> Sandbox:
        """Bring up a sandbox; keep a running one, revive a stopped one with the work in it."""
        with _disk_errors(self.root):
            found = Sandbox.load(self.root / name)
            if found and self.alive(found):
                return found
            return self._revive(found, tell) if found else self._make(name, shape, tell)

    def _make(self, name: str, shape: str, tell: Tell) -> Sandbox:
        binaries = tools.ensure(self.cache, tell)
        seed = seeds.ensure(self.cache, binaries, shape, tell)
        sandbox = Sandbox(name, self.name, shape, KUBERNETES, self.root / name, tools.shell_directory(self.cache))
        with self._claimed(sandbox.directory) as directory:
            tell(f"starting {name}: etcd and the Kubernetes {KUBERNETES} control plane")
            make_files(directory)
            seeds.plant(seed, directory)
            with hold_port() as holder:
                write_logins(directory, holder.getsockname()[1])
                with supervised(directory, binaries, holder) as maker:
                    etcd = seeds.wait_settled(directory)
                    baseline.capture(etcd, directory / BASELINE)
                    etcd.close()
                    sandbox.save()
                    maker.made()
        return sandbox

    def _revive(self, sandbox: Sandbox, tell: Tell) -> Sandbox:
        tell(f"starting {sandbox.name} again, with the work in it")
        binaries = tools.ensure(self.cache, tell)
        directory = sandbox.directory
        end(directory)
        (directory / READY).unlink(missing_ok=True)
        with hold_port(_last_port(directory)) as holder:
            port = holder.getsockname()[1]
            if port != _last_port(directory):
                write_logins(directory, port)
            with supervised(directory, binaries, holder) as maker:
                seeds.wait_settled(directory).close()
                maker.made()
        return sandbox

    @contextmanager
    def _claimed(self, directory: Path) -> Iterator[Path]:
        """Own a new folder while the sandbox in it is made; take everything away again when that fails."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sweep()
        try:
            directory.mkdir(mode=0o700)
        except FileExistsError:
            raise LabsError(f"{directory.name} is being made by another command", "wait for it to end") from None
        lock = os.open(directory, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield directory
        except BaseException:
            self.down(directory.name)
            raise
        finally:
            os.close(lock)

    def _sweep(self) -> None:
        """Remove what makers that were killed left behind; a maker that lives holds a lock on its folder."""
        for directory in self.root.glob("*/"):
            if (directory / "sandbox.json").exists():
                continue
            lock = os.open(directory, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.down(directory.name)
            except BlockingIOError:
                pass
            finally:
                os.close(lock)

    def down(self, name: str) -> None:
        """End the sandbox's processes and remove its files; do nothing if there are none."""
        directory = self.root / name
        if directory.is_dir():
            (directory / "sandbox.json").unlink(missing_ok=True)
            end(directory)
            remove(directory)

    def sandboxes(self) -> tuple[Sandbox, ...]:
        """All finished sandboxes, running or not."""
        found = (Sandbox.load(each) for each in sorted(self.root.glob("*/")))
        return tuple(each for each in found if each and each.provider == self.name)

    def alive(self, sandbox: Sandbox) -> bool:
        """Whether the sandbox runs."""
        return running(sandbox.directory)

    def reset(self, sandbox: Sandbox) -> None:
        """Bring the sandbox back to its baseline, verified; the candidate's kubeconfig and work folder too."""
        with _disk_errors(self.root):
            etcd = Etcd(sandbox.directory)
            try:
                baseline.restore(etcd, sandbox.directory / BASELINE)
            finally:
                etcd.close()
            write_logins(sandbox.directory, _last_port(sandbox.directory), ("candidate",))
            shutil.rmtree(sandbox.kubectl_cache, ignore_errors=True)
            shutil.rmtree(sandbox.work, ignore_errors=True)
            sandbox.work.mkdir(mode=0o700)

    def prefetch(self, tell: Tell) -> None:
        """Get the binaries and make the seeds that new sandboxes grow from."""
        with _disk_errors(self.cache):
            binaries = tools.ensure(self.cache, tell)
            for shape in self.shapes:
                seeds.ensure(self.cache, binaries, shape, tell)


def _last_port(directory: Path) -> int:
    return int((directory / "port").read_text())


@contextmanager
def _disk_errors(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LabsError(f"the disk that holds {place} is full", "make room (labs doctor) and try again") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            where = error.filename or place
            what = f"{where} cannot be written: {os.strerror(error.errno)}"
            raise LabsError(what, "check its owner and mode, or set XDG_STATE_HOME and XDG_CACHE_HOME") from error
        raise
