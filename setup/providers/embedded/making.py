"""Makes an embedded sandbox from a seed, or revives one whose processes ended."""

from collections.abc import Mapping
from pathlib import Path

from setup import baseline
from setup.etcd import Etcd
from setup.folders import claimed, sweep
from setup.progress import Tell
from setup.providers.embedded import particulars, seeds
from setup.providers.embedded.control_plane import make_files, supervised
from setup.providers.embedded.logins import last_port, write_logins
from setup.providers.embedded.ports import hold_port
from setup.providers.embedded.running import READY, end
from setup.sandbox import FINISHED, Sandbox, remove

NODE_LEASES = "/registry/leases/kube-node-lease/"


def make(sandbox: Sandbox, binaries: Mapping[str, Path], seed: Path, tell: Tell) -> None:
    """Make a new sandbox; whatever stops this, nothing is left of it."""
    directory = sandbox.directory
    sweep_all(directory.parent)
    with claimed(directory, _undo):
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


def sweep_all(root: Path) -> tuple[str, ...]:
    """Remove what makers that were killed left behind; the names."""
    return sweep(root, FINISHED, _undo)


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
            _drop_node_leases(directory)
            seeds.wait_settled(directory, (particulars.AUTHENTICATION,)).close()
            maker.made()


def _write_particulars(directory: Path) -> None:
    etcd = _first_etcd(directory)
    etcd.change(particulars.entries(directory, last_port(directory)), ())
    etcd.close()


def _drop_node_leases(directory: Path) -> None:
    """Forget who held the nodes: the next kwok is another holder and would wait until they expire, 40 seconds."""
    etcd = _first_etcd(directory)
    etcd.change({}, tuple(etcd.entries(NODE_LEASES, keys_only=True)))
    etcd.close()


def _first_etcd(directory: Path) -> Etcd:
    """The etcd of a sandbox whose processes are just being started, as soon as it listens."""
    for _ in seeds.looks(directory):
        if Etcd.listens(directory):
            break
    return Etcd.on_socket(directory)


def _undo(directory: Path) -> None:
    end(directory)
    remove(directory)
