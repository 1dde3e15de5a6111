"""What a lab takes for itself on a cluster, and which labs can share one."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from harness.nodes import short
from harness.rendering import render
from harness.start_files import read_manifests
from harness.ways import files_of
from setup.errors import LabsError
from setup.parts import Part
from setup.state import documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from harness.lab import Lab

DEFAULT_CLASS = "default-storageclass"
WHOLE = ("cluster", "control-plane", DEFAULT_CLASS)  # claims without a name
SUBJECTS = ("user", "group")
RESOURCES = {  # the cluster-scoped kinds that a lab can claim, and what the API calls their collections
    "namespace": "namespaces",
    "persistentvolume": "persistentvolumes",
    "storageclass": "storageclasses",
    "clusterrole": "clusterroles",
    "clusterrolebinding": "clusterrolebindings",
    "certificatesigningrequest": "certificatesigningrequests",
    "priorityclass": "priorityclasses",
    "runtimeclass": "runtimeclasses",
    "ingressclass": "ingressclasses",
    "gatewayclass": "gatewayclasses",
    "customresourcedefinition": "customresourcedefinitions",
    "validatingwebhookconfiguration": "validatingwebhookconfigurations",
    "mutatingwebhookconfiguration": "mutatingwebhookconfigurations",
    "validatingadmissionpolicy": "validatingadmissionpolicies",
    "validatingadmissionpolicybinding": "validatingadmissionpolicybindings",
}
SYSTEM = ("default", "kube-system", "kube-public", "kube-node-lease")  # namespaces of every cluster
ON_NODES = {"scheduling", "pods", "traffic", "netpol", "node-shell", "multi-node"}  # needs that rely on the nodes


@dataclass(frozen=True)
class Claim:
    """``kind/name`` or a word like ``control-plane``; a name may end in ``*`` or be it."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}" if self.name else self.kind

    def meets(self, other: Claim) -> bool:
        """Whether both can mean the same thing on the cluster."""
        kinds = {self.kind, other.kind}
        if "cluster" in kinds or kinds == {DEFAULT_CLASS, "storageclass"}:
            return True
        return self.kind == other.kind and _overlap(self.name, other.name)


CLUSTER_DNS = Claim("namespace", "kube-system")  # with kube-proxy and what else the traffic of all depends on


@dataclass(frozen=True)
class Claims:
    """What one lab, with the values of one start, takes for itself, and what must stay as it is for it."""

    taken: frozenset[Claim]
    relied: frozenset[Claim]

    def conflict(self, other: Claims) -> Claim | None:
        """A claim of ours for which the two cannot share a cluster; None where they can."""
        for mine, theirs in ((self.taken, other.taken | other.relied), (self.relied, other.taken)):
            for claim in sorted(mine, key=str):
                if any(claim.meets(each) for each in theirs):
                    return claim
        return None

    def part(self) -> Part:
        """The claims as the provider is told them for a reset of this lab alone."""
        named = {(RESOURCES[claim.kind], claim.name) for claim in self.taken if claim.kind in RESOURCES}
        named |= {("storageclasses", "*") for claim in self.taken if claim.kind == DEFAULT_CLASS}
        return Part(
            namespaces=tuple(sorted(name for kind, name in named if kind == "namespaces")),
            objects=tuple(sorted(pair for pair in named if pair[0] != "namespaces")),
            nodes=tuple(sorted(claim.name for claim in self.taken if claim.kind == "node")),
            users=tuple(sorted(claim.name for claim in self.taken if claim.kind == "user")),
            groups=tuple(sorted(claim.name for claim in self.taken if claim.kind == "group")),
        )


def read_claim(text: str) -> Claim:
    """The claim that a line of lab.yaml makes; ValueError says what is wrong with it."""
    kind, slash, name = text.strip().partition("/")
    if kind in WHOLE and not slash:
        return Claim(kind)
    if kind == "node" and name:
        return Claim(kind, short(name))
    if kind in (*RESOURCES, *SUBJECTS) and name and "/" not in name and "*" not in name[:-1]:
        return Claim(kind, name)
    known = ", ".join((*WHOLE, *(f"{each}/NAME" for each in ("node", *SUBJECTS, *RESOURCES))))
    raise ValueError(f"{text!r} is no claim: write {known}; NAME may end in *")


def claims_of(lab: Lab, variables: Mapping[str, Any]) -> Claims:
    """What ``lab`` takes with these values: what lab.yaml says, and what its start makes."""
    taken = {*stated(lab, variables), *_made(lab, variables)}
    relied = set(_read(lab, lab.spec.relies, variables))
    if ON_NODES & set(lab.spec.needs) and not any(claim.kind == "node" for claim in relied):
        relied.add(Claim("node", "*"))
    if "traffic" in lab.spec.needs:
        relied.add(CLUSTER_DNS)
    if "control-plane-host" in lab.spec.needs:
        taken.add(Claim("control-plane"))
    return Claims(frozenset(taken), frozenset(relied - taken))


def stated(lab: Lab, variables: Mapping[str, Any]) -> frozenset[Claim]:
    """The claims that lab.yaml makes, without those that follow from what its start makes."""
    return frozenset(_read(lab, lab.spec.claims, variables))


def alone(lab: Lab, claims: Claims, provider: str) -> str | None:
    """Why this lab's part cannot be reset without the rest of its cluster; None where it can."""
    if lab.spec.replaces:
        return "it changes more than the API holds"
    if files_of(lab.folder / "start" / "nodes"):
        return "its start changes files on nodes"
    kinds = {claim.kind for claim in claims.taken}
    if kinds & {"cluster", "control-plane"}:
        return "it takes the control plane or the whole cluster"
    system = [claim.name for claim in claims.taken if claim.kind == "namespace" and claim.name in SYSTEM]
    if provider != "embedded" and (system or "node" in kinds):
        return "what it changes belongs to controllers that go on writing"
    return None


def _read(lab: Lab, lines: Iterable[str], variables: Mapping[str, Any]) -> Iterator[Claim]:
    for line in lines:
        try:
            yield read_claim(render(line, variables, f"{lab.slug}/lab.yaml"))
        except ValueError as error:
            raise LabsError(f"{lab.slug}/lab.yaml: {error}", f"`labs lint {lab.slug}` shows all mistakes.") from None


def _made(lab: Lab, variables: Mapping[str, Any]) -> Iterator[Claim]:
    """The cluster-scoped objects of start/, and the namespaces of the others."""
    for manifest in read_manifests(lab, variables):
        for document in documents(manifest):
            kind, metadata = str(document["kind"]).lower(), document["metadata"]
            if kind in RESOURCES:
                yield Claim(kind, str(metadata["name"]))
            elif kind == "node":
                yield Claim("node", short(str(metadata["name"])))
            else:
                yield Claim("namespace", str(metadata.get("namespace", "default")))


def _overlap(one: str, other: str) -> bool:
    if one.endswith("*") and other.endswith("*"):
        return one[:-1].startswith(other[:-1]) or other[:-1].startswith(one[:-1])
    return fnmatchcase(one, other) or fnmatchcase(other, one)
