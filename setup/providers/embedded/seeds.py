"""The data directory that new control planes start from, so that nothing has to be made anew each time.

A seed is made once for a version: an empty control plane is started, gets the addons and its nodes, comes to rest, and
is stopped. What is particular to it (its CA, its addresses, leases, events) is taken out again.
"""

import hashlib
import json
import shutil
import signal
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import yaml
from filelock import FileLock

from setup import baseline
from setup.api import Api, Object, Refused
from setup.errors import LabsError
from setup.etcd import Etcd
from setup.processes import Identity
from setup.progress import Tell
from setup.providers.embedded import particulars
from setup.providers.embedded.control_plane import make_files, supervised
from setup.providers.embedded.logins import write_logins
from setup.providers.embedded.nodes import manifest
from setup.providers.embedded.ports import hold_port
from setup.providers.embedded.running import READY, end, identities, running, wait_for
from setup.shapes import nodes
from setup.tools.pins import MODULES

ADDONS = Path(__file__).parent / "addons" / "embedded.yaml"
WAL_SIZE = 64_000_000  # bytes; etcd's segments (server/storage/wal: SegmentSizeBytes), sparse in a sandbox
PASSING = ("/registry/masterleases/", "/registry/leases/", "/registry/events/")
SETTLE_WITHIN = 60.0  # seconds
SUPERVISED_WITHIN = 5.0  # seconds until a supervisor has its lock
PAUSE = 0.02
SEED_CALM = 2.0  # seconds without a write: every controller has made what it makes


def ensure(cache: Path, binaries: Mapping[str, Path], shape: str, tell: Tell) -> Path:
    """Return the data directory that sandboxes of a shape grow from, making it once for these versions and objects."""
    objects = _objects(shape)
    versions = [f"{module.name} {module.version}" for module in MODULES]
    digest = hashlib.sha256(json.dumps([versions, objects, particulars.KEYS, PASSING]).encode()).hexdigest()[:12]
    seed = cache / "seeds" / f"{shape}-{digest}"
    if not seed.exists():
        seed.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(seed.parent / "making.lock"):
            if not seed.exists():
                tell("preparing the data that new clusters start from, once for this version")
                _make(seed, binaries, objects)
    return seed


def _objects(shape: str) -> list[Object]:
    addons = list(yaml.load_all(ADDONS.read_text(), yaml.CSafeLoader))
    return [*addons, *(manifest(node) for node in nodes(shape))]


def _make(seed: Path, binaries: Mapping[str, Path], objects: list[Object]) -> None:
    directory = Path(mkdtemp(prefix=".making-", dir=seed.parent))
    try:
        make_files(directory)
        with hold_port() as holder:
            write_logins(directory, holder.getsockname()[1])
            with supervised(directory, binaries, holder):
                _furnish(directory, objects)
                etcd = wait_settled(directory, particulars.KEYS, calm=SEED_CALM)
                _stop_around(directory, etcd)
        _trim(directory / "etcd")
        (directory / "etcd").rename(seed)
    finally:
        end(directory)
        shutil.rmtree(directory, ignore_errors=True)


def _furnish(directory: Path, objects: list[Object]) -> None:
    """Create the addons and the nodes, as soon as the API server takes them."""
    api = Api(directory / "grader.kubeconfig")
    for document in objects:
        _insist(partial(_create, api, document))
        if "status" in document:
            _insist(partial(api.put_status, document, document["status"]))
    api.close()


def _create(api: Api, document: Object) -> None:
    try:
        api.create(document)
    except Refused as error:
        if error.status != 409:  # it was created, but the answer got lost
            raise


def _insist(call: Callable[[], object]) -> None:
    """Try again while the API server starts, or somebody else was quicker; raise what it said last in the end."""
    until = time.monotonic() + SETTLE_WITHIN
    while True:
        try:
            call()
        except (Refused, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(PAUSE)
        else:
            return


def _stop_around(directory: Path, etcd: Etcd) -> None:
    """Stop all but etcd, take out what is particular to this control plane, and let etcd end in order."""
    found = identities(directory)
    found["supervisor"].send(signal.SIGSTOP)  # it would start again what ends
    server = found.pop("etcd")
    for name, each in found.items():
        if name != "supervisor":
            each.send(signal.SIGKILL)
            wait_for(partial(_gone, each))
    keys = etcd.entries(baseline.PREFIX, keys_only=True)
    etcd.change({}, [key for key in keys if key in particulars.KEYS or key.startswith(PASSING)])
    etcd.close()
    server.send(signal.SIGTERM)
    wait_for(partial(_gone, server))
    found["supervisor"].send(signal.SIGKILL)


def _gone(process: Identity) -> bool:
    return not process.alive()


def _trim(data: Path) -> None:
    """Drop etcd's spare segments and the empty rest of the last one, which ``plant`` gives back as a hole."""
    for spare in (data / "member" / "wal").glob("*.tmp"):
        spare.unlink()
    for segment in (data / "member" / "wal").glob("*.wal"):
        content = segment.read_bytes().rstrip(b"\0")
        segment.write_bytes(content)


def plant(seed: Path, directory: Path) -> None:
    """Copy the seed into a new sandbox as its ``etcd`` folder."""
    shutil.copytree(seed, directory / "etcd", copy_function=shutil.copyfile)
    for segment in (directory / "etcd" / "member" / "wal").glob("*.wal"):
        with segment.open("r+b") as file:
            file.truncate(max(WAL_SIZE, segment.stat().st_size))


def wait_settled(directory: Path, wanted: Collection[str], calm: float = 0.0) -> Etcd:
    """Wait until the control plane answers, ``wanted`` keys and the nodes' leases are there, and nothing was written
    for ``calm`` seconds.

    Returns a connection to its etcd; LabsError, with the last words of the component that failed, when it takes
    longer than ``SETTLE_WITHIN`` seconds or its supervisor ends.
    """
    etcd = Etcd.on_socket(directory)
    before: dict[str, int] = {}
    since = time.monotonic()
    for _ in looks(directory):
        entries = etcd.entries(baseline.PREFIX, keys_only=True) if (directory / READY).exists() else {}
        now = {key: each.revision for key, each in entries.items() if not key.startswith(PASSING)}
        if now != before:
            before, since = now, time.monotonic()
        if all(key in now for key in wanted) and _leases(entries) and time.monotonic() - since >= calm:
            break
    return etcd


def looks(directory: Path) -> Iterator[None]:
    """Come round again and again while a control plane starts; LabsError when that takes too long or has failed."""
    began = time.monotonic()
    while time.monotonic() - began < SETTLE_WITHIN:
        yield
        if time.monotonic() - began > SUPERVISED_WITHIN and not running(directory):
            raise LabsError(f"the control plane did not start: {_last_words(directory)}", "try again")
        time.sleep(PAUSE)
    raise LabsError(f"the control plane did not start in {SETTLE_WITHIN:.0f} s: {_last_words(directory)}", "try again")


def _leases(entries: Mapping[str, object]) -> bool:
    nodes = [key.rsplit("/", 1)[1] for key in entries if key.startswith("/registry/minions/")]
    return bool(nodes) and all(f"/registry/leases/kube-node-lease/{node}" in entries for node in nodes)


def _last_words(directory: Path) -> str:
    logs = sorted(
        (directory / "logs").glob("*.log"), key=lambda each: (each.stem != "supervisor", each.stat().st_mtime)
    )
    for log in reversed(logs):
        lines = log.read_text(errors="replace").strip().splitlines()
        if lines:
            return f"{log.name} ends with: {lines[-1][:300]}"
    return "nothing was logged"
