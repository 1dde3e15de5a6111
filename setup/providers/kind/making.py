"""Makes one kind cluster, or leaves nothing of it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import yaml

from setup import shapes
from setup.commands import follow
from setup.errors import LabsError
from setup.folders import locked, owned, take
from setup.processes import Identity, spawn_detached, write_identities
from setup.progress import Tell
from setup.providers.kind import images, logins, resetting, room, tunables
from setup.providers.kind.cluster import FINISHED, Cluster, forget, tag
from setup.providers.kind.images import NodeImage
from setup.providers.kind.leftovers import MAKER, SPARE
from setup.providers.kind.limits import limit
from setup.providers.kind.runtime import Runtime

ETCD = 2379
BURIED_WITHIN, MADE_WITHIN = 60.0, 300.0  # seconds
FAILED = "kind could not make the cluster"


@dataclass(frozen=True)
class Place:
    """Where clusters of one state folder are made, and with what."""

    state: Path
    cache: Path
    runtime: Runtime
    kind: Path
    capture: Callable[..., None] = resetting.capture  # another in tests that have no cluster

    @property
    def clusters(self) -> Path:
        """The folder of clusters."""
        return self.state / "clusters"

    @property
    def network(self) -> str:
        """The name of our network, which is also how our clusters' names begin."""
        return f"labs-{tag(self.state)}"


def make(place: Place, shape: str, tell: Tell, adopt: Callable[[str], None], *, spare: bool = False) -> Cluster:
    """Make a cluster of a shape; whatever stops this, nothing is left of it.

    ``adopt`` is called with its name before anything is made, so that nobody takes it for a spare.
    """
    nodes = shapes.nodes(shape)
    control_planes = sum(node.control_plane for node in nodes)
    running = len(place.runtime.containers())
    for obstacle in room.obstacles(room.look(place.runtime), control_planes, len(nodes) - control_planes, running):
        raise obstacle
    image = images.ensure(shape, place.runtime, place.cache, tell)
    images.ensure_load_balancer(shape, place.runtime, place.cache, tell)
    with _named(place, shape, adopt, spare) as directory:
        return _create(place, shape, image, directory, tell)


def _create(place: Place, shape: str, image: NodeImage, directory: Path, tell: Tell) -> Cluster:
    name = directory.name
    config = directory / "kind.yaml"
    config.write_text(yaml.safe_dump(configuration(shape, name, image.image, room.look(place.runtime).cgroup)))
    nodes = shapes.named(shapes.configuration(shape) | {"name": name})
    if not place.runtime.containers():  # another's nodes have changed them already
        tunables.remember(place.state)
    place.runtime.make_network(place.network, str(place.state.resolve()))
    tell(f"starting {name}: {len(nodes)} node(s) of Kubernetes {image.version} in {place.runtime.program}")
    began = time.monotonic()
    kubeconfig = directory / "kind.kubeconfig"
    files = ("--config", str(config), "--kubeconfig", str(kubeconfig))
    command = (str(place.kind), "create", "cluster", "--name", name, *files, "--retain", "--wait", "0s")
    environment = place.runtime.environment(place.network) | {"KUBECONFIG": str(kubeconfig)}
    code, said = follow(command, lambda line: _pass_on(line, tell), env=environment)
    if code:
        raise LabsError(f"{FAILED}: {_reason(said)}", "try again; labs doctor says what this machine lacks")
    tell(f"{name} was created in {time.monotonic() - began:.0f} s; waiting for its nodes and system pods")
    limit(place.runtime, name, shape)
    server = str(yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]["server"])
    port = _port(place.runtime, nodes[0].name)
    names = tuple(node.name for node in nodes)
    cluster = Cluster(name, shape, image.version, place.runtime.program, names, server, port, directory)
    logins.fetch(cluster)
    place.capture(cluster, pods_run=not shapes.configuration(shape).get("networking", {}).get("disableDefaultCNI"))
    cluster.save()
    return cluster


def configuration(shape: str, name: str, image: str, cgroup: str) -> dict[str, object]:
    """The shape's kind configuration with the cluster's name, its image, and etcd on a port of 127.0.0.1."""
    config = shapes.configuration(shape)
    config["name"] = name
    for each in config["nodes"]:
        each["image"] = image
    first = next(each for each in config["nodes"] if each["role"] == "control-plane")
    first.setdefault("extraPortMappings", []).append({"containerPort": ETCD, "listenAddress": "127.0.0.1"})
    config.setdefault("networking", {})["apiServerAddress"] = "127.0.0.1"
    if cgroup == "1":  # the kubelet of 1.35 and newer refuses it otherwise
        patch = yaml.safe_dump({"kind": "KubeletConfiguration", "failCgroupV1": False})
        config.setdefault("kubeadmConfigPatches", []).append(patch)
    return config


@contextmanager
def _named(place: Place, shape: str, adopt: Callable[[str], None], spare: bool) -> Iterator[Path]:
    """Own the folder of a new name; an undertaker removes everything if we do not come to the end."""
    theirs, ours = os.pipe()
    with locked(place.clusters, 60, make=True):
        directory = _new_folder(place, shape)
        lock = take(directory)
        try:
            adopt(directory.name)
            write_identities(directory / MAKER, {"maker": Identity.of(os.getpid())})
            if spare:
                (directory / SPARE).touch()
            log = directory / "undertaker.log"
            words = (str(directory), place.runtime.program, str(lock), str(theirs))
            spawn_detached("setup.providers.kind.undertaker", words, log, (lock, theirs))
        except BaseException:
            forget(directory)
            raise
        finally:
            os.close(theirs)
    try:
        yield directory
        os.write(ours, b"made")
    finally:
        os.close(ours)
        os.close(lock)
        if not (directory / FINISHED).exists():
            wait_until_gone(directory)


def wait_until_gone(directory: Path) -> None:
    """Wait for the undertaker of a cluster that was given up."""
    until = time.monotonic() + BURIED_WITHIN
    while directory.exists() and owned(directory) and time.monotonic() < until:
        time.sleep(0.05)


def wait_until_made(directory: Path) -> None:
    """Wait for somebody else's cluster to be finished, or given up."""
    until = time.monotonic() + MADE_WITHIN
    while directory.exists() and not (directory / FINISHED).exists() and owned(directory) and time.monotonic() < until:
        time.sleep(0.1)


def _new_folder(place: Place, shape: str) -> Path:
    taken = set(place.runtime.containers().values())
    for number in count(1):
        directory = place.clusters / f"{place.network}-{shape}-{number}"
        if directory.name not in taken:
            with suppress(FileExistsError):
                directory.mkdir(mode=0o700)
                return directory
    raise AssertionError  # count() does not end


def _pass_on(line: str, tell: Tell) -> None:
    """Tell kind's steps, which it marks with a bullet, without their pictures."""
    if line.startswith(" • "):
        tell("".join(letter for letter in line if letter.isascii()).strip().removesuffix("...").strip().lower())


def _reason(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return " | ".join((errors or lines)[-3:])[-800:] or "it said nothing"


def _port(runtime: Runtime, node: str) -> int:
    answer = runtime.check("port", node, f"{ETCD}/tcp").text.splitlines()[0]
    return int(answer.rsplit(":", 1)[1])
