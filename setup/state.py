"""Applies the manifests of a starting state and waits until they took effect."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from setup import namespaces
from setup.api import Api, Object, Refused
from setup.errors import LabsError
from setup.sandbox import Sandbox

ENFORCED = ("ResourceQuota",)  # nothing refuses what comes before they took effect
OPT_OUT = "labs/wait"  # this annotation with the value "false" says that the object is not meant to become ready
WORKLOADS = ("Deployment", "StatefulSet", "ReplicaSet", "DaemonSet", "Pod")
PAUSE = 0.03  # seconds between two looks


@dataclass(frozen=True)
class Manifest:
    """A file of manifests: where it comes from, and its YAML documents as text."""

    origin: str
    text: str


def apply(sandbox: Sandbox, manifests: Sequence[Manifest], deadline: float = 90.0) -> None:
    """Create all objects in order and wait up to ``deadline`` seconds until each took effect.

    A namespace gets at once what controllers make in each. Quotas are waited for before the next object is created,
    workloads at the end, unless annotated ``labs/wait: "false"``.
    LabsError names the file and the API server's reason.
    """
    until = time.monotonic() + deadline
    loaded = [(each.origin, document) for each in manifests for document in documents(each)]
    if not loaded:
        return
    api = Api(sandbox.grader_kubeconfig)
    try:
        for origin, document in loaded:
            _create(api, origin, document, until)
            if document["kind"] == "Namespace":
                for each in namespaces.contents(api, document["metadata"]["name"]):
                    _create(api, origin, each, until, controllers_too=True)
            if document["kind"] in ENFORCED:
                _wait_for(api, origin, document, until)
        for origin, document in loaded:
            if document["kind"] in WORKLOADS:
                _wait_for(api, origin, document, until)
    finally:
        api.close()


def documents(manifest: Manifest) -> Iterator[Object]:
    """The objects in one file; LabsError says what is wrong with it."""
    try:
        found = list(yaml.load_all(manifest.text, yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise LabsError(f"{manifest.origin} is not YAML: {' '.join(str(error).split())}") from error
    for each in found:
        if each is None:
            continue
        match each:
            case {"apiVersion": str(), "kind": str(), "metadata": {"name": str()}}:
                yield each
            case _:
                raise LabsError(f"{manifest.origin} holds something without apiVersion, kind and metadata.name")


def _create(api: Api, origin: str, document: Object, until: float, *, controllers_too: bool = False) -> None:
    """Create one object, which controllers may have made already if they make it too.

    What a moment ago was another lab's webhook or kind may need a moment to be forgotten.
    """
    while True:
        try:
            api.create(document)
        except Refused as error:
            if error.status == 409 and controllers_too:
                return
            passing = error.status >= 500 or error.status == 429
            if not passing or time.monotonic() > until:
                name = f"{document['kind']} {document['metadata']['name']}"
                what = f"{origin}: the API server refused {name}: {error}"
                raise LabsError(what, "mend the manifest") from error
            time.sleep(PAUSE)
        except ConnectionError as error:
            raise LabsError(f"{origin}: {error}", "labs status") from error
        else:
            return


def _wait_for(api: Api, origin: str, document: Object, until: float) -> None:
    if (document["metadata"].get("annotations") or {}).get(OPT_OUT) == "false":
        return
    while not _in_effect(api, document):
        if time.monotonic() > until:
            name = f"{document['kind']} {document['metadata']['name']}"
            raise LabsError(f"{origin}: {name} did not become ready in time", f'or mark it {OPT_OUT}: "false"')
        time.sleep(PAUSE)


def _in_effect(api: Api, document: Object) -> bool:
    try:
        live = api.get(document)
    except Refused as error:
        if error.status == 404:
            return False
        raise
    return _ready(live)


def _ready(live: dict[str, Any]) -> bool:
    spec, status = live.get("spec", {}), live.get("status", {})
    if live["kind"] == "Pod":
        return status.get("phase") in ("Running", "Succeeded")
    if live["kind"] == "ResourceQuota":  # admission leaves a quota alone whose status says no amounts yet
        return bool(status.get("hard") == spec.get("hard"))
    if status.get("observedGeneration", 0) < live["metadata"]["generation"]:
        return False
    if live["kind"] == "DaemonSet":
        return bool(status.get("numberReady", 0) == status.get("desiredNumberScheduled", -1))
    return bool(status.get("readyReplicas", 0) == spec.get("replicas", 1))
