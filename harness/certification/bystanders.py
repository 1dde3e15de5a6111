"""Objects that are none of a lab's business: start, grading and probes must leave them as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from setup.dump import Dump, difference, dump, dump_like

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from setup.sandbox import Sandbox

# What belongs to Pods that a probe moved: their names and addresses are new each time.
MOVING = ("/api/v1/pods/", "/apis/discovery.k8s.io/v1/endpointslices/", "/api/v1/endpoints/", "/apis/metrics.k8s.io/")
COUNTED = ("status",)  # a Pod that was moved shows in the status of what owns it, and of quotas


class Take(Protocol):
    """Takes the objects of a sandbox, as ``take`` does."""

    def __call__(self, sandbox: Sandbox, like: Collection[str] = ()) -> Dump:
        """All objects of the sandbox now, or those like some."""


def take(sandbox: Sandbox, like: Collection[str] = ()) -> Dump:
    """All objects of the sandbox now, or those of the kinds and names that these keys have, normalised."""
    from setup.api import Api  # noqa: PLC0415  (late: not every command needs it)

    api = Api(sandbox.grader_kubeconfig)
    try:
        return dump_like(api, like) if like else dump(api)
    finally:
        api.close()


def disturbed_by_start(
    before: Dump, after: Dump, manifests: Iterable[Mapping[str, Any]], namespaces: Collection[str] = ()
) -> Iterator[str]:
    """Objects that were there before the start and differ after it, though no manifest of the start names them.

    ``namespaces`` are those that the lab claims as a whole: there its start may change what it likes.
    """
    named = {(each["kind"].lower(), each["metadata"]["name"]) for each in manifests}
    for key in difference(before, after):
        if key in before and not _names(key, named) and key.rsplit("/", 2)[1] not in namespaces:
            yield f"the start changed {key.lstrip('/')}"


def _names(key: str, named: set[tuple[str, str]]) -> bool:
    resource, name = key.rsplit("/", 3)[1], key.rsplit("/", 1)[1]
    return any(resource.startswith(kind) and name == other for kind, other in named)


def disturbed_by_grading(before: Dump, after: Dump) -> Iterator[str]:
    """Objects that differ after a grade, but for Pods that were moved and what counts them."""
    still = {key: _without(value) for key, value in before.items() if not key.startswith(MOVING)}
    now = {key: _without(value) for key, value in after.items() if not key.startswith(MOVING)}
    for key in difference(still, now):
        yield f"the grade changed {key.lstrip('/')}"
    left = [key for key in after if key.startswith("/api/v1/pods/kube-node-lease/")]
    yield from (f"the grade left {key.lstrip('/')}" for key in left)


def _without(value: Any) -> Any:
    return {key: each for key, each in value.items() if key not in COUNTED}
