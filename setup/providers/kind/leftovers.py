"""Clusters that belong to nobody: spares, and what crashed commands left."""

import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from setup.folders import locked, owned, sweep
from setup.processes import read_identities
from setup.progress import Tell
from setup.providers.kind import tunables
from setup.providers.kind.cluster import FINISHED, Cluster, forget, tag
from setup.providers.kind.runtime import Runtime
from setup.sandbox import CLUSTER

MAKER = "maker.json"  # in a cluster's folder: who makes it
SPARE = "spare"  # a file in a cluster's folder: it is made to be adopted later
WAIT = 120.0  # seconds for other commands at work on the clusters' folder


def clusters(state: Path) -> Path:
    """The folder of clusters."""
    return state / "clusters"


def names_in_use(state: Path) -> set[str]:
    """The clusters that sandboxes name as theirs."""
    found = set()
    for file in (state / "sandboxes").glob(f"*/{CLUSTER}"):
        with suppress(OSError):
            found.add(file.read_text().strip())
    return found


def spares(state: Path) -> Iterator[Cluster]:
    """The finished clusters that no sandbox names."""
    taken = names_in_use(state)
    for directory in sorted(clusters(state).glob("*/")):
        cluster = Cluster.load(directory)
        if cluster and directory.name not in taken:
            yield cluster


def being_made(state: Path, shape: str) -> Path | None:
    """The folder of a spare of this shape that another process is making."""
    for directory in sorted(clusters(state).glob(f"*-{shape}-*/")):
        if (directory / SPARE).exists() and not (directory / FINISHED).exists() and owned(directory):
            return directory
    return None


def remove(runtime: Runtime, directory: Path) -> None:
    """Remove a cluster: its containers with their volumes, then its files.

    Before our last cluster goes, the kernel's settings are put back through it.
    """
    (directory / FINISHED).unlink(missing_ok=True)
    remove_containers(runtime, directory)
    forget(directory)


def remove_containers(runtime: Runtime, directory: Path) -> bool:
    """Remove a cluster's containers with their volumes; whether there were any."""
    found = runtime.containers()
    mine = [each for each, cluster in found.items() if cluster == directory.name]
    state = directory.parent.parent
    others = [each for each in found.values() if each.startswith(f"labs-{tag(state)}-") and each != directory.name]
    if mine and not others:
        tunables.put_back(state, runtime, mine)
    runtime.remove(mine)
    _remove_volumes(runtime, f"{directory.name}-")
    return bool(mine)


def _remove_volumes(runtime: Runtime, prefix: str, kept: Iterable[Path] = ()) -> None:
    """Remove the volumes of nodes whose names begin so, but for those of the clusters that have these folders."""
    theirs = tuple(f"{directory.name}-" for directory in kept)
    mine = {each: node for each, node in runtime.volumes().items() if node.startswith(prefix)}
    runtime.remove_volumes(each for each, node in mine.items() if not node.startswith(theirs))


def sweep_clusters(runtime: Runtime, state: Path) -> tuple[str, ...]:
    """Remove clusters that nobody makes any more and that were never finished, and containers without a folder."""
    with locked(clusters(state), WAIT, make=True):
        swept = sweep(clusters(state), FINISHED, lambda directory: remove(runtime, directory))
        prefix = f"labs-{tag(state)}-"
        lost = {
            each: name
            for each, name in runtime.containers().items()
            if name.startswith(prefix) and not (clusters(state) / name).exists()
        }
        runtime.remove(lost)
        _remove_volumes(runtime, prefix, clusters(state).glob("*/"))
    return (*swept, *sorted(set(lost.values())))


def end_spares(runtime: Runtime, state: Path) -> tuple[str, ...]:
    """End the making of spares and remove those that are there."""
    for directory in clusters(state).glob("*/"):
        if (directory / SPARE).exists() and not (directory / FINISHED).exists():
            maker = read_identities(directory / MAKER).get("maker")
            if maker:
                maker.send(signal.SIGKILL)  # its undertaker sees to the rest
            with suppress(FileNotFoundError), locked(directory, WAIT):
                remove(runtime, directory)
    removed = []
    for cluster in spares(state):
        remove(runtime, cluster.directory)
        removed.append(cluster.name)
    return tuple(removed)


def clean(runtime: Runtime, state: Path, tell: Tell) -> tuple[str, ...]:
    """Remove all that no sandbox needs: half-made clusters, spares without a sandbox, networks, also those of state
    folders that are gone; the names.
    """
    removed = list(sweep_clusters(runtime, state))
    if not names_in_use(state):
        removed += end_spares(runtime, state)
    removed += drop_network(runtime, state)
    for network, other in runtime.networks().items():
        if network.startswith("labs-") and other and _gone(Path(other)):
            found = {each: name for each, name in runtime.containers().items() if name.startswith(f"{network}-")}
            runtime.remove(found)
            _remove_volumes(runtime, f"{network}-")
            removed += sorted(set(found.values()))
            removed += [network] if runtime.remove_network(network) else []
    for name in removed:
        tell(f"removed {name}")
    return tuple(removed)


def drop_network(runtime: Runtime, state: Path) -> tuple[str, ...]:
    """Remove our network and the clusters' folder when no cluster is left; the network's name."""
    folder, network = clusters(state), f"labs-{tag(state)}"
    if not folder.is_dir():
        return (network,) if network in runtime.networks() and runtime.remove_network(network) else ()
    with locked(folder, WAIT):
        if any(folder.iterdir()):
            return ()
        folder.rmdir()
        return (network,) if network in runtime.networks() and runtime.remove_network(network) else ()


def _gone(state: Path) -> bool:
    """Whether a folder is really not there; one that we may not look at is no business of ours."""
    try:
        state.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False
