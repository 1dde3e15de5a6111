"""What the API server would admit, asked by a server-side dry run: nothing is stored."""

import contextlib
import copy
import re
import time
from collections.abc import Iterator
from typing import Any

from grader.access import Subject
from grader.api import Api, Object
from grader.errors import Broken, Miss, NoAnswer, Refused
from grader.fragments import Fragment, load_manifest
from grader.resources import POD, NoSuchKind, Resource

PAUSE_IMAGE = "registry.k8s.io/pause:3.10.1"
_WEBHOOKS = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
QUIET_NAMESPACE = "kube-node-lease"
"""Where the grader's own pods are tried: no lab and no candidate's quota is there."""
_QUOTA_SECONDS = 3.0


def accepts(api: Api, manifest: Fragment, subject: Subject | None = None) -> Object:
    """Return the object as it would be stored, defaults filled in; Miss with the API server's words if refused.

    A candidate's webhook that denies is a refusal like any other. One that hangs or is not there makes the API server
    answer 5xx (failurePolicy Fail): then nothing is known, and the check is broken, with the webhook's name in it.
    """
    resource, wanted = _ready(api, manifest)
    try:
        return _dry_run(api, resource, wanted, subject)
    except Refused as refused:
        if refused.status not in (403, 404, 409, 422):
            raise
        raise Miss(f"the API server refuses: {refused.message}", _see(resource, wanted)) from None


def refuses(api: Api, manifest: Fragment, because: str | None = None, subject: Subject | None = None) -> None:
    """Raise Miss unless admission refuses (403 or 422), and for the reason that the task is about.

    ``because`` is searched in the API server's message as a pattern; give it wherever the reason has a name (``exceeded
    quota``). A refusal by something else, such as a webhook that blocks everything, is a Miss that says who refused.
    Without ``because`` the control is a plain pod in kube-node-lease, which must be accepted. As a ``subject`` a
    refusal by RBAC counts too. Put an ``accepts`` of a nearly equal manifest beside it as the control of the manifest.
    """
    resource, wanted = _ready(api, manifest)
    try:
        _dry_run(api, resource, wanted, subject)
    except Refused as refused:
        if refused.status not in (403, 404, 422):
            raise
        reason = refused
    else:
        raise Miss(f"the API server accepts {_label(wanted)}, which it should refuse", _see(resource, wanted))
    if reason.status == 404:
        raise Miss(f"the API server refuses, but: {reason.message}", _see(resource, wanted))
    if because is None:
        _control(api, wanted)
    elif not re.search(because, reason.message):
        raise Miss(f"refused, but not because of {because!r}: {reason.message}", _see(resource, wanted))


def plain_pod(namespace: str = QUIET_NAMESPACE, name: str = "labs-control") -> Object:
    """A pod that every sound cluster accepts."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": [{"name": "canary", "image": PAUSE_IMAGE}]},
    }


@contextlib.contextmanager
def webhooks_named(api: Api) -> Iterator[None]:
    """Add to a NoAnswer the webhooks that may have hung: the API server's own words for it do not name them."""
    try:
        yield
    except NoAnswer as error:
        names: list[str] = []
        with contextlib.suppress(Broken, Refused):
            for kind in _WEBHOOKS:
                listed = api.list(api.resource(f"admissionregistration.k8s.io/v1/{kind}"))
                names += [webhook["name"] for item in listed for webhook in item.get("webhooks") or ()]
        hint = f"\nadmission webhooks that may hang: {', '.join(names)}" if names else ""
        raise NoAnswer(f"{error}{hint}") from None


def _ready(api: Api, manifest: Fragment) -> tuple[Resource, Object]:
    wanted = copy.deepcopy(load_manifest(manifest))
    version = wanted.get("apiVersion")
    try:
        resource = api.resource(f"{version}/{wanted['kind']}" if version else wanted["kind"])
    except NoSuchKind as missing:
        if missing.custom:
            raise Miss(str(missing), "kubectl get crd") from None
        raise
    wanted["apiVersion"] = resource.api_version
    metadata = wanted.setdefault("metadata", {})
    if resource.namespaced:
        metadata.setdefault("namespace", "default")
    if not metadata.get("name"):
        metadata.setdefault("generateName", "labs-")
    return resource, wanted


def _dry_run(api: Api, resource: Resource, wanted: Object, subject: Subject | None) -> Object:
    """Try to create, under another name where this one is taken, and again while a new quota is being counted."""
    who = (subject.user, subject.groups) if subject else None
    end = time.monotonic() + _QUOTA_SECONDS
    while True:
        try:
            with webhooks_named(api):
                return api.create(resource, wanted, dry_run=True, subject=who)
        except Refused as refused:
            if refused.reason == "AlreadyExists" and wanted["metadata"].get("name"):
                wanted["metadata"]["generateName"] = f"{wanted['metadata'].pop('name')[:50]}-"
            elif "status unknown for quota" not in refused.message:
                raise
            elif time.monotonic() > end:
                raise Broken(f"the controller has not counted a quota yet: {refused.message}") from None
            else:
                time.sleep(0.1)


def _control(api: Api, wanted: Object) -> None:
    try:
        with webhooks_named(api):
            api.create(POD, plain_pod(), dry_run=True)
    except Refused as refused:
        raise Miss(f"{_label(wanted)} is refused, but so is any plain pod: {refused.message}",
                   "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations") from None  # fmt: skip


def _label(wanted: dict[str, Any]) -> str:
    return f"{wanted['kind']} {wanted['metadata'].get('name') or ''}".rstrip()


def _see(resource: Resource, wanted: Object) -> str:
    if not resource.namespaced:
        return f"kubectl get {resource.typed}"
    return f"kubectl describe resourcequota,limitrange -n {wanted['metadata']['namespace']}"
