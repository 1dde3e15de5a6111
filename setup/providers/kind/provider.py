"""Sandboxes on kind clusters: each takes a cluster, a spare where one is ready, and gives it up at its end."""

import dataclasses
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import psutil

from setup import baseline, parts
from setup import shapes as shape_files
from setup.errors import LabsError
from setup.etcd import Etcd
from setup.folders import claimed, locked, sweep
from setup.parts import Part
from setup.progress import Tell
from setup.providers.kind import images, leftovers, logins, making, resetting, reviving, room, sparing
from setup.providers.kind.checkpoint import ClusterCheckpoint
from setup.providers.kind.cluster import FINISHED as CLUSTER_FINISHED
from setup.providers.kind.cluster import Cluster
from setup.providers.kind.making import Place
from setup.providers.kind.memory import resident
from setup.providers.kind.runtime import Runtime, find
from setup.providers.load import Load
from setup.sandbox import CLUSTER, FINISHED, Sandbox, remove
from setup.tools import cache as tools
from setup.tools.pins import KIND_MODULE, MODULES, SHELL_MODULES

TOOLS = (KIND_MODULE, MODULES[-1], *SHELL_MODULES)  # kind, and what is typed: kubectl, helm, kustomize
REPLACING = "replacing"  # a file in a sandbox's folder: its cluster is being exchanged
SPARE_AIR = 2 << 30  # bytes of memory that stay free beside a spare


class Kind:
    """Makes sandboxes of kind clusters on Docker or Podman."""

    name = "kind"
    capabilities = frozenset(
        {
            "api",
            "scheduling",
            "multi-node",
            "pods",
            "traffic",
            "netpol",
            "node-shell",
            "control-plane-host",
            "kubeadm",
            "ha",
        }
    )
    shapes: tuple[str, ...] = ("one-node", "three-node", "previous-minor", "ha", "no-cni")

    def __init__(self, state: Path, cache: Path, capture: Callable[..., None] = resetting.capture) -> None:
        self.capture = capture
        self.state = state
        self.root = state / "sandboxes"
        self.cache = cache

    def missing(self) -> str | None:
        """Why this provider cannot be used here, or None."""
        runtime, why = find()
        if runtime is None:
            return f"neither Docker nor Podman can be used ({why}): install one of them and start it"
        if tools.missing(self.cache, TOOLS) and not tools.obtainable(self.cache, TOOLS):
            return f"kind is not in {self.cache} and cannot be had: {tools.NO_WAY}"
        return None

    def obstacles(self) -> tuple[LabsError, ...]:
        """Why one more three-node cluster has no room here now: memory, disk, inotify limits."""
        runtime, _ = find()
        if runtime is None:
            return ()
        return tuple(room.obstacles(room.look(runtime), 1, 2, len(runtime.containers())))

    def up(self, name: str, shape: str, tell: Tell) -> Sandbox:
        """Bring up a sandbox; keep a running one, start the nodes of a stopped one with the work in it."""
        found = Sandbox.load(self.root / name)
        if found and self.alive(found):
            return found
        place = self._place(tell)
        leftovers.sweep_clusters(place.runtime, self.state)
        sweep(self.root, FINISHED, remove)
        if found and (found.directory / REPLACING).exists():
            return self._settle(found, self._cluster(found) or self._take(place, found.directory, shape, tell))
        if found:
            return self._revive(found, place.runtime, tell)
        with claimed(self.root / name, remove):
            directory = self.root / name
            cluster = self._take(place, directory, shape, tell)
            (directory / "work").mkdir(mode=0o700)
            bin_directory = tools.shell_directory(self.cache)
            return self._settle(Sandbox(name, self.name, shape, cluster.version, directory, bin_directory), cluster)

    def down(self, name: str) -> None:
        """Remove the sandbox with its cluster; with the last one, the spares and our network too."""
        directory = self.root / name
        if not (directory / CLUSTER).exists():
            return
        runtime = self._runtime()
        cluster = leftovers.clusters(self.state) / (directory / CLUSTER).read_text().strip()
        (directory / FINISHED).unlink(missing_ok=True)
        making.wait_until_gone(cluster)
        leftovers.remove(runtime, cluster)
        remove(directory)
        if not leftovers.names_in_use(self.state):
            leftovers.end_spares(runtime, self.state)
            leftovers.drop_network(runtime, self.state)

    def sandboxes(self) -> tuple[Sandbox, ...]:
        """All finished sandboxes, running or not."""
        found = (Sandbox.load(each) for each in sorted(self.root.glob("*/")))
        return tuple(each for each in found if each and each.provider == self.name)

    def alive(self, sandbox: Sandbox) -> bool:
        """Whether all nodes of the sandbox's cluster run."""
        cluster = self._cluster(sandbox)
        return cluster is not None and Runtime(cluster.runtime).running(cluster.nodes)

    def memory(self, sandbox: Sandbox) -> int:
        """The resident memory, in bytes, of the processes in the sandbox's nodes; 0 where they do not run."""
        cluster = self._cluster(sandbox)
        return resident(Runtime(cluster.runtime), cluster.nodes) if cluster else 0

    def reset(self, sandbox: Sandbox) -> None:
        """Bring the sandbox back to its baseline, verified; a worn cluster, or one that resists, is replaced."""
        cluster = self._cluster(sandbox)
        if cluster is not None and not sandbox.worn.exists():
            try:
                resetting.restore(cluster)
            except (LabsError, ConnectionError):
                cluster = None
        else:
            cluster = None
        self._settle(sandbox, cluster or self._replace(sandbox))
        shutil.rmtree(sandbox.kubectl_cache, ignore_errors=True)
        shutil.rmtree(sandbox.work, ignore_errors=True)
        sandbox.work.mkdir(mode=0o700)

    def reset_part(self, sandbox: Sandbox, part: Part) -> None:
        """Bring only what ``part`` says back to its baseline, verified; logins and work folders stay."""
        cluster = self._cluster(sandbox)
        if cluster is None:
            raise LabsError(f"the cluster of {sandbox.name} is gone", "labs exam status")
        etcd = Etcd.over_tls(cluster.etcd_port, cluster.directory / "etcd")
        parts.reset(cluster.grader_kubeconfig, etcd, cluster.directory / baseline.FILE, part)

    def checkpoint(self, sandbox: Sandbox, name: str) -> ClusterCheckpoint | None:
        """Keep the state of now where it can be brought back: what happened in pods and on nodes cannot be undone."""
        cluster = self._cluster(sandbox)
        return ClusterCheckpoint.take(cluster, sandbox, name) if cluster else None

    def load(self, shapes: Sequence[str]) -> Load:
        """What clusters of all these shapes take, with nothing on them."""
        control_planes, workers = _nodes(shapes)
        return room.need(control_planes, workers)

    def crowded(self, shapes: Sequence[str], beside: Load) -> str | None:
        """Why clusters of all these shapes cannot be had at once, beside what runs and ``beside``, or None."""
        runtime = self._runtime()
        machine, running = room.look(runtime), len(runtime.containers())
        why = next(room.obstacles(machine, *_nodes(shapes), running, beside), None)
        return f"{why.what}: {why.fix}" if why is not None else None

    def spare(self, shape: str, *, force: bool = False) -> bool:
        """Begin to prepare one more cluster of this shape in the background, where memory allows."""
        if any(spare.shape == shape for spare in leftovers.spares(self.state)):
            return True
        if leftovers.being_made(self.state, shape):
            return True
        if not force and psutil.virtual_memory().available < self.load((shape,)).memory + SPARE_AIR:
            return False
        sparing.begin(self.state, self.cache, shape)
        return True

    def clean(self, tell: Tell) -> tuple[str, ...]:
        """Remove what crashed commands left: containers, volumes, networks and files of ours that no sandbox needs."""
        runtime, _ = find()
        return leftovers.clean(runtime, self.state, tell) if runtime else ()

    def prefetch(self, tell: Tell) -> None:
        """Get kind, kubectl, helm, kustomize, the node images of both versions, and the load balancer's."""
        place = self._place(tell)
        for shape in ("three-node", "previous-minor", "ha"):
            images.ensure(shape, place.runtime, self.cache, tell)
            images.ensure_load_balancer(shape, place.runtime, self.cache, tell)

    def _runtime(self) -> Runtime:
        runtime, why = find()
        if runtime is None:
            raise LabsError(f"neither Docker nor Podman can be used ({why})", "labs doctor")
        return runtime

    def _place(self, tell: Tell) -> Place:
        kind = tools.ensure(self.cache, tell, TOOLS)["kind"]
        return Place(self.state, self.cache, self._runtime(), kind, self.capture)

    def _cluster(self, sandbox: Sandbox) -> Cluster | None:
        try:
            name = (sandbox.directory / CLUSTER).read_text().strip()
        except OSError:
            return None
        return Cluster.load(leftovers.clusters(self.state) / name)

    def _take(self, place: Place, directory: Path, shape: str, tell: Tell) -> Cluster:
        """A spare that is ready or soon will be, else a new cluster; ``directory`` names it as its own."""
        coming = leftovers.being_made(self.state, shape)
        if coming:
            tell(f"waiting for {coming.name}, which is being prepared already")
            making.wait_until_made(coming)
        with locked(leftovers.clusters(self.state), leftovers.WAIT, make=True):
            for spare in leftovers.spares(self.state):
                if spare.shape == shape and place.runtime.running(spare.nodes):
                    (directory / CLUSTER).write_text(spare.name)
                    return spare
        return making.make(place, shape, tell, partial(_name, directory))

    def _settle(self, sandbox: Sandbox, cluster: Cluster) -> Sandbox:
        """Write what the sandbox needs to know of its cluster."""
        logins.write(cluster, sandbox.directory)
        nodes = tuple((name, f"{cluster.runtime}://{name}") for name in cluster.nodes)
        settled = dataclasses.replace(sandbox, version=cluster.version, nodes=nodes)
        settled.save()
        (sandbox.directory / REPLACING).unlink(missing_ok=True)
        return settled

    def _replace(self, sandbox: Sandbox) -> Cluster:
        """Give the sandbox another cluster. The old one goes in the background where a spare is ready, else before."""
        place = self._place(lambda _: None)
        (sandbox.directory / REPLACING).touch()
        old = leftovers.clusters(self.state) / (sandbox.directory / CLUSTER).read_text().strip()
        (old / CLUSTER_FINISHED).unlink(missing_ok=True)
        ready = any(spare.shape == sandbox.shape for spare in leftovers.spares(self.state))
        if not ready and not leftovers.being_made(self.state, sandbox.shape):
            leftovers.remove(place.runtime, old)
        cluster = self._take(place, sandbox.directory, sandbox.shape, lambda _: None)
        sandbox.worn.unlink(missing_ok=True)
        if old.exists():
            sparing.begin(self.state, self.cache)
        return cluster

    def _revive(self, sandbox: Sandbox, runtime: Runtime, tell: Tell) -> Sandbox:
        cluster = self._cluster(sandbox)
        if cluster is None or not runtime.present(cluster.nodes):
            what = f"the containers of {sandbox.name} are gone, and the work in them"
            raise LabsError(what, f"labs stop {sandbox.name}, then start the lab again")
        tell(f"starting {cluster.name} again, with the work in it")
        reviving.revive(cluster, runtime, tell)
        return sandbox


def _name(directory: Path, cluster: str) -> None:
    (directory / CLUSTER).write_text(cluster)


def _nodes(shapes: Sequence[str]) -> tuple[int, int]:
    """How many control planes and how many workers clusters of these shapes have together."""
    found = [node for shape in shapes for node in shape_files.nodes(shape)]
    control_planes = sum(node.control_plane for node in found)
    return control_planes, len(found) - control_planes
