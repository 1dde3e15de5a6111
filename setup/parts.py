"""One lab's part of a cluster that several labs share, and bringing that part alone back to the baseline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from setup import baseline
from setup.api import Api
from setup.baseline import PREFIX, Difference
from setup.errors import LabsError
from setup.etcd import Entry, Etcd

NODES = "minions"  # what etcd calls them
MARKS = "*"  # at the end of a name: every name that begins like that
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
SUBJECT_GROUP = "system:serviceaccounts:"


@dataclass(frozen=True)
class Part:
    """What belongs to one lab: its namespaces with all that is in them, cluster-scoped objects, nodes, subjects.

    ``objects`` are pairs of a collection (``persistentvolumes``) and a name; a name may end in ``*``. ``nodes`` are
    roles (``worker2``). Of ``users``, ``groups`` and the namespaces' ServiceAccounts the cluster-wide rights belong to
    it, too, under whatever names they were bound.
    """

    namespaces: tuple[str, ...] = ()
    objects: tuple[tuple[str, str], ...] = ()
    nodes: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def holds(self, key: str) -> bool:
        """Whether the object under this key of etcd belongs to the part.

        Keys end in ``/COLLECTION/NAME`` or ``/COLLECTION/NAMESPACE/NAME``, with the group or more words before.
        """
        words = key.removeprefix(PREFIX).split("/")
        if len(words) < 2:
            return False
        collection, name = words[-2], words[-1]
        if len(words) >= 3 and any(_fits(collection, each) for each in self.namespaces):
            return True
        if collection == "namespaces":
            return any(_fits(name, each) for each in self.namespaces)
        if collection == NODES:
            return any(_is_node(name, each) for each in self.nodes)
        return any(collection == kind and _fits(name, each) for kind, each in self.objects)


def restore(etcd: Etcd, entries: Mapping[str, Entry], part: Part, rights: Iterable[str]) -> dict[str, Entry]:
    """Bring the part, and the cluster-wide ``rights`` (keys), back to the baseline ``entries``; returns the baseline.

    What was made since is deleted, what was changed is written back, until two looks in a row find nothing to do:
    controllers may still act on what they saw last. LabsError when that does not come to rest.
    """
    kept = dict(entries)
    extra = frozenset(rights)

    def look(live: Mapping[str, Entry]) -> Difference:
        mine = {key: entry for key, entry in kept.items() if part.holds(key)}
        now = {key: entry for key, entry in live.items() if part.holds(key) or (key in extra and key not in kept)}
        return baseline.differences(mine, now)

    unrest = LabsError("that part of the cluster does not come to rest at its start", "labs exam reset")
    baseline.settle(etcd, kept, look, unrest)
    return kept


def reset(kubeconfig: Path, etcd: Etcd, file: Path, part: Part) -> None:
    """Bring the part back to the baseline in ``file``, as the holder of the kubeconfig; closes ``etcd``."""
    api = Api(kubeconfig)
    try:
        baseline.write(file, restore(etcd, baseline.read(file), part, cluster_rights(api, part)))
    finally:
        etcd.close()
        api.close()


def cluster_rights(api: Api, part: Part) -> tuple[str, ...]:
    """The keys of the ClusterRoleBindings that name only the part's subjects, and of the roles only they refer to."""
    bindings = api.call("GET", BINDINGS).get("items", [])
    mine = [each for each in bindings if _theirs(each.get("subjects") or (), part)]
    others = {_role(each) for each in bindings if each not in mine}
    roles = {_role(each) for each in mine} - others
    keys = [f"{PREFIX}clusterrolebindings/{each['metadata']['name']}" for each in mine]
    return (*keys, *(f"{PREFIX}clusterroles/{name}" for name in sorted(roles)))


def _theirs(subjects: Iterable[Mapping[str, Any]], part: Part) -> bool:
    found = [_belongs(subject, part) for subject in subjects]
    return bool(found) and all(found)


def _belongs(subject: Mapping[str, Any], part: Part) -> bool:
    name = str(subject.get("name", ""))
    match subject.get("kind"):
        case "ServiceAccount":
            return any(_fits(str(subject.get("namespace", "")), each) for each in part.namespaces)
        case "User":
            return any(_fits(name, each) for each in part.users)
        case "Group":
            accounts = name.removeprefix(SUBJECT_GROUP) if name.startswith(SUBJECT_GROUP) else None
            of_account = accounts is not None and any(_fits(accounts, each) for each in part.namespaces)
            return of_account or any(_fits(name, each) for each in part.groups)
    return False


def _role(binding: Mapping[str, Any]) -> str:
    return str((binding.get("roleRef") or {}).get("name", ""))


def _fits(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith(MARKS) else name == pattern


def _is_node(name: str, role: str) -> bool:
    """``worker`` is ``cka-worker``, but not ``cka-worker2``; ``*`` is every node."""
    return role in (MARKS, name) or name.endswith(f"-{role}")
