"""The state that a sandbox is brought back to, kept and restored at the level of etcd.

Deleting through the API could not do it: a namespace takes five seconds, a finalizer may never be removed, and a
webhook can refuse everything. Written back beneath the API server, each change reaches its watchers as an ordinary
event. Leases stay as they are, for they tell who is alive; events go.
"""

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from setup.errors import LabsError
from setup.etcd import Entry, Etcd

FILE = "baseline.json"  # in the sandbox's folder
PREFIX = "/registry/"
ALWAYS_NEW = ("/registry/masterleases/",)
KEPT_WHERE_PRESENT = ("/registry/leases/",)
DROPPED = ("/registry/events/",)
PAUSE = 0.04  # seconds between two looks; controllers answer to a change in a few milliseconds
DEADLINE = 20.0  # seconds until a sandbox counts as beyond repair


@dataclass(frozen=True)
class Difference:
    """What has to be written and what deleted to be at the baseline."""

    puts: tuple[str, ...]
    deletes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.puts or self.deletes)


def differences(baseline: Mapping[str, Entry], now: Mapping[str, Entry]) -> Difference:
    """Compare by revision: a key that was written since counts as changed, whatever was written."""
    puts = tuple(
        key
        for key, entry in baseline.items()
        if key not in now or (now[key].revision != entry.revision and not key.startswith(KEPT_WHERE_PRESENT))
    )
    deletes = tuple(key for key in now if key not in baseline and not key.startswith(ALWAYS_NEW))
    return Difference(puts, deletes)


def capture(etcd: Etcd, path: Path) -> None:
    """Write all keys as they are now to ``path``: the baseline from here on."""
    entries = etcd.entries(PREFIX)
    write(path, {key: entry for key, entry in entries.items() if not key.startswith(ALWAYS_NEW + DROPPED)})


def restore(etcd: Etcd, path: Path) -> None:
    """Bring all keys back to the baseline at ``path`` and stay until two looks in a row find it there.

    Controllers may still act on what they saw last; what they write is taken back as well.
    LabsError when that does not come to rest.
    """
    baseline = read(path)
    unrest = LabsError("the cluster does not come to rest at its baseline", "labs stop, then labs start again")
    settle(etcd, baseline, lambda now: differences(baseline, now), unrest)
    write(path, baseline)


def settle(
    etcd: Etcd,
    kept: dict[str, Entry],
    look: Callable[[Mapping[str, Entry]], Difference],
    unrest: LabsError,
    within: float = DEADLINE,
) -> None:
    """Undo what ``look`` finds among the live keys until two looks in a row find nothing; ``kept`` gets the revisions.

    Raises ``unrest`` when that takes longer than ``within`` seconds.
    """
    deadline = time.monotonic() + within
    calm = 0
    while calm < 2:
        difference = look(etcd.entries(PREFIX, keys_only=True))
        calm = 0 if difference else calm + 1
        if difference:
            revisions = etcd.change({key: kept[key].value for key in difference.puts}, difference.deletes)
            kept.update({key: Entry(revision, kept[key].value) for key, revision in revisions.items()})
        if time.monotonic() > deadline:
            raise unrest
        if calm < 2:
            time.sleep(PAUSE)


def write(path: Path, entries: Mapping[str, Entry]) -> None:
    """Write a baseline, whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps({key: [each.revision, b64encode(each.value).decode()] for key, each in entries.items()}))
    part.replace(path)


def read(path: Path) -> dict[str, Entry]:
    """Read a baseline; LabsError when it is damaged or missing."""
    try:
        found = json.loads(path.read_text())
        return {key: Entry(int(revision), b64decode(value)) for key, (revision, value) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise LabsError(f"the baseline {path} cannot be read: {error}", "labs stop, then labs start again") from error
