"""Whether a fault shows in the cluster at all: a field may have that value by default, or since the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.certification.mutants import Mutant
    from setup.dump import Dump

ASSIGNED = ("clusterIP", "clusterIPs")  # fields of a spec that are another's choice each time
NOTES = ("kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision")


def no_effect(mutant: Mutant, right: Dump, now: Dump) -> bool:
    """Whether the object that the fault is about is ``now`` just as the unmutated way leaves it (``right``)."""
    before = about(mutant, right)
    return bool(before) and before == about(mutant, now)


def about(mutant: Mutant, objects: Dump) -> dict[str, Any]:
    """The objects of the kind and name that the fault is about, in every namespace, without what only tells how they
    came about; none where it may be about more than one.
    """
    if mutant.target is None:
        return {}
    kind, name = mutant.target[0].lower(), mutant.target[1]
    plurals = (kind, f"{kind}s", f"{kind}es", f"{kind[:-1]}ies")
    keys = (key for key in objects if key.rsplit("/", 3)[1] in plurals and key.rsplit("/", 1)[1] == name)
    return {key: _stripped(objects[key]) for key in keys}


def _stripped(each: Mapping[str, Any]) -> dict[str, Any]:
    metadata = dict(each.get("metadata") or {})
    noted = metadata.pop("annotations", None) or {}
    metadata["annotations"] = {key: value for key, value in noted.items() if key not in NOTES}
    found = {**{key: value for key, value in each.items() if key != "status"}, "metadata": metadata}
    if isinstance(spec := each.get("spec"), dict):
        found["spec"] = {key: value for key, value in spec.items() if key not in ASSIGNED}
    return found
