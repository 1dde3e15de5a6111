"""Makes an embedded sandbox from a seed, or revives one whose processes ended."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from setup import baseline, particulars, seeds
from setup.control_plane import make_files, supervised
from setup.errors import LabsError
from setup.etcd import Etcd
from setup.logins import last_port, write_logins
from setup.ports import hold_port
from setup.progress import Tell
from setup.running import READY, end, remove
from setup.sandbox import Sandbox


def make(sandbox: Sandbox, binaries: Mapping[str, Path], seed: Path, tell: Tell) -> None:
    """Make a new sandbox; whatever stops this, nothing is left of it."""
    with _claimed(sandbox.directory) as directory:
        tell(f"starting {sandbox.name}: etcd and the Kubernetes {sandbox.version} control plane")
        make_files(directory)
        seeds.plant(seed, directory)
        with hold_port() as holder:
            write_logins(directory, holder.getsockname()[1])
            with supervised(directory, binaries, holder) as maker:
                _write_particulars(directory)
                etcd = seeds.wait_settled(directory, (particulars.AUTHENTICATION,))
                baseline.capture(etcd, directory / baseline.FILE)
                etcd.close()
                sandbox.save()
                maker.made()


def revive(sandbox: Sandbox, binaries: Mapping[str, Path], tell: Tell) -> None:
    """Start the processes of a finished sandbox again, on their old port where it is still free."""
    tell(f"starting {sandbox.name} again, with the work in it")
    directory = sandbox.directory
    end(directory)
    (directory / READY).unlink(missing_ok=True)
    with hold_port(last_port(directory)) as holder:
        port = holder.getsockname()[1]
        if port != last_port(directory):
            write_logins(directory, port)
        with supervised(directory, binaries, holder) as maker:
            seeds.wait_settled(directory, (particulars.AUTHENTICATION,)).close()
            maker.made()


def _write_particulars(directory: Path) -> None:
    for _ in seeds.looks(directory):
        if (directory / "etcd.sock").exists():
            break
    etcd = Etcd(directory)
    etcd.change(particulars.entries(directory, last_port(directory)), ())
    etcd.close()


@contextmanager
def _claimed(directory: Path) -> Iterator[Path]:
    """Own a new folder while the sandbox in it is made; take everything away again when that fails."""
    directory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(directory.parent)
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        raise LabsError(f"{directory.name} is being made by another command", "wait for it to end") from None
    lock = os.open(directory, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield directory
    except BaseException:
        end(directory)
        remove(directory)
        raise
    finally:
        os.close(lock)


def _sweep(root: Path) -> None:
    """Remove what makers that were killed left behind; a maker that lives holds a lock on its folder."""
    for directory in root.glob("*/"):
        if (directory / "sandbox.json").exists():
            continue
        try:
            lock = os.open(directory, os.O_RDONLY)
        except FileNotFoundError:  # its supervisor was quicker
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            end(directory)
            remove(directory)
        except BlockingIOError:
            continue
        finally:
            os.close(lock)
