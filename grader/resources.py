"""Kinds of objects that an API server serves, and how to find the one an author means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grader.errors import Broken

BUILT_IN = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    }
)
"""Groups that every API server serves; a kind missing there is the author's or the cluster's doing."""


class NoSuchKind(Broken):
    """The cluster serves no such kind. ``custom`` when it would be a CRD's, so that its absence may be a finding."""

    def __init__(self, kind: str, *, custom: bool) -> None:
        super().__init__(f"the cluster has no resource {kind}")
        self.kind = kind
        self.custom = custom


@dataclass(frozen=True)
class Resource:
    """One kind in one version of its group, as discovery names it; ``group`` is empty for the core group.

    ``verbs`` are those that it serves, ``subverbs`` those of each subresource.
    """

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    singular: str = ""
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    subverbs: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def api_version(self) -> str:
        """``v1``, ``apps/v1`` ..."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def typed(self) -> str:
        """The name that kubectl takes for exactly this resource: ``deployment``, ``widgets.example.org``."""
        return self.kind.lower() if self.group in BUILT_IN else f"{self.plural}.{self.group}"

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        """The path of one object, or of the collection: in a namespace, or all of them."""
        parts = ["apis", self.group, self.version] if self.group else ["api", self.version]
        if self.namespaced and namespace:
            parts += ["namespaces", namespace]
        return "/" + "/".join([*parts, self.plural, *([name] if name else [])])

    def named(self, name: str) -> bool:
        """Whether an author who writes ``name`` may mean this resource."""
        return name == self.kind or name.lower() in (self.plural, self.singular, self.kind.lower(), *self.short)


POD = Resource("", "v1", "Pod", "pods", singular="pod", short=("po",))
NODE = Resource("", "v1", "Node", "nodes", namespaced=False, singular="node", short=("no",))
EVENT = Resource("", "v1", "Event", "events", singular="event", short=("ev",))
SUBJECT_ACCESS_REVIEW = Resource(
    "authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", namespaced=False
)
SELF_SUBJECT_RULES_REVIEW = Resource(
    "authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", namespaced=False
)
SELF_SUBJECT_REVIEW = Resource(
    "authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", namespaced=False
)


@dataclass(frozen=True)
class Served:
    """What discovery found: resources, each group's preferred version first, and the groups that gave no answer."""

    resources: tuple[Resource, ...]
    silent: tuple[str, ...] = ()

    def find(self, kind: str) -> Resource:
        """Return the resource for ``Pod``, ``deploy``, ``deployments.apps``, ``v1/Pod`` or ``apps/v1/Deployment``.

        A name without a group means a built-in one first, so a CRD cannot stand in the way of ``Pod``.
        Raises NoSuchKind, or Broken when the answer hangs on an aggregated API that is down.
        """
        group, version, name = _parts(kind)
        found = [
            resource
            for resource in self.resources
            if resource.named(name)
            and (group is None or resource.group == group)
            and version in (None, resource.version)
        ]
        if found:
            return min(found, key=lambda resource: resource.group not in BUILT_IN)
        if group in self.silent:
            raise Broken(f"the API group {group} does not answer (kubectl get apiservices)")
        raise NoSuchKind(kind, custom=group is not None and group not in BUILT_IN)


def _parts(kind: str) -> tuple[str | None, str | None, str]:
    """Split into group, version and name; None where the author left it open."""
    match kind.split("/"):
        case [group, version, name]:
            return group, version, name
        case [version, name]:
            return "", version, name
        case _:
            name, dot, group = kind.partition(".")
            return (group if dot else None), None, name


def read_discovery(documents: Iterable[Mapping[str, Any]]) -> Served:
    """Read the APIGroupDiscoveryLists of /api and /apis.

    Source: aggregated discovery, KEP-3352; there a broken APIService is one stale entry and harms no other group.
    """
    resources: list[Resource] = []
    silent: list[str] = []
    for document in documents:
        for item in document.get("items") or ():
            group = (item.get("metadata") or {}).get("name") or ""
            for version in item.get("versions") or ():
                if version.get("freshness") == "Stale":
                    silent.append(group)
                resources += [
                    _resource(group, version["version"], entry)
                    for entry in version.get("resources") or ()
                    if entry.get("responseKind")
                ]
    return Served(tuple(resources), tuple(silent))


def _resource(group: str, version: str, entry: Mapping[str, Any]) -> Resource:
    return Resource(
        group=group,
        version=version,
        kind=entry["responseKind"]["kind"],
        plural=entry["resource"],
        namespaced=entry.get("scope") == "Namespaced",
        singular=entry.get("singularResource") or "",
        short=tuple(entry.get("shortNames") or ()),
        subresources=tuple(sub["subresource"] for sub in entry.get("subresources") or ()),
        verbs=tuple(entry.get("verbs") or ()),
        subverbs=tuple((sub["subresource"], tuple(sub.get("verbs") or ())) for sub in entry.get("subresources") or ()),
    )
