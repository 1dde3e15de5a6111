"""A cluster in memory for the grader's tests."""

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.errors import Refused
from grader.k8s import K8s
from grader.node import Ran
from grader.resources import POD, SELF_SUBJECT_RULES_REVIEW, SUBJECT_ACCESS_REVIEW, Resource, Served

Object = dict[str, Any]
VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
SERVED = Served(
    (
        Resource(
            "",
            "v1",
            "Pod",
            "pods",
            singular="pod",
            short=("po",),
            subresources=("log", "exec"),
            verbs=VERBS,
            subverbs=(("log", ("get",)), ("exec", ("create", "get"))),
        ),
        Resource("", "v1", "ConfigMap", "configmaps", singular="configmap", short=("cm",), verbs=VERBS),
        Resource("", "v1", "Namespace", "namespaces", namespaced=False, singular="namespace", short=("ns",)),
        Resource("", "v1", "Service", "services", singular="service", short=("svc",)),
        Resource("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", singular="networkpolicy"),
        Resource("", "v1", "Node", "nodes", namespaced=False, singular="node"),
        Resource("apps", "v1", "Deployment", "deployments", singular="deployment", short=("deploy",), verbs=VERBS),
        Resource("apps", "v1", "ReplicaSet", "replicasets", singular="replicaset", short=("rs",)),
        *(
            Resource("admissionregistration.k8s.io", "v1", kind, f"{kind.lower()}s", namespaced=False)
            for kind in ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
        ),
        Resource("example.org", "v1", "Widget", "widgets", singular="widget", verbs=VERBS),
    ),
    silent=("metrics.k8s.io",),
)


class FakeApi:
    """Answers like an API server: stored objects, rights by rule, admission and scheduling by function."""

    server = "https://127.0.0.1:6443"

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str | None, str], Object] = {}
        self.rights: Callable[[Object], bool] = lambda spec: "system:masters" in spec["groups"]
        self.rules: Callable[[Any, str], list[Object]] = lambda subject, namespace: []
        self.admit: Callable[[Object, Any], None] = lambda manifest, subject: None
        self.schedule: Callable[[Object], None] = lambda pod: None
        self.deleted: Callable[[str, str | None, str], None] = lambda plural, namespace, name: None
        self.user_info: Object | Exception = {"username": "jane", "groups": ["devs", "system:authenticated"]}
        self.execution: Callable[[Object, Sequence[str]], Ran] = lambda pod, command: Ran(0, "", "")
        self.logs: dict[str, str] = {}
        self.trouble: Exception | None = None
        self.calls: list[str] = []
        self._uids = itertools.count(1)

    def add(self, plural: str, name: str, namespace: str | None = None, **fields: Any) -> Object:
        """Store an object."""
        metadata = {"name": name, **fields.pop("metadata", {}), "uid": f"uid-{next(self._uids)}"}
        metadata |= {"namespace": namespace} if namespace else {}
        metadata.setdefault("creationTimestamp", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        kind = next((each.kind for each in SERVED.resources if each.plural == plural), plural)
        made = {"kind": kind, "metadata": metadata, **fields}
        self.objects[plural, namespace, name] = made
        return made

    def resource(self, kind: str) -> Resource:
        self._call("resource", kind)
        return SERVED.find(kind)

    def resources(self) -> tuple[Resource, ...]:
        return SERVED.resources

    def get(self, resource: Resource, name: str, namespace: str | None = None) -> Object | None:
        self._call("get", resource.plural, name)
        return copy.deepcopy(self.objects.get((resource.plural, namespace, name)))

    def list(
        self, resource: Resource, namespace: str | None = None, labels: Mapping[str, str] | None = None
    ) -> Iterator[Object]:
        self._call("list", resource.plural)
        for (plural, place, _), item in [*self.objects.items()]:
            carried = item["metadata"].get("labels") or {}
            if plural == resource.plural and namespace in (None, place) and (labels or {}).items() <= carried.items():
                yield copy.deepcopy(item)

    def create(self, resource: Resource, manifest: Object, *, dry_run: bool = False, subject: Any = None) -> Object:
        self._call("dry-run" if dry_run else "create", resource.plural)
        if resource == SELF_SUBJECT_RULES_REVIEW:
            return {"status": {"resourceRules": self.rules(subject, manifest["spec"]["namespace"])}}
        if resource == SUBJECT_ACCESS_REVIEW:
            return {"status": {"allowed": self.rights(manifest["spec"])}}
        self.admit(manifest, subject)
        metadata = manifest["metadata"]
        if (resource.plural, metadata.get("namespace"), metadata.get("name")) in self.objects:
            raise Refused(409, "AlreadyExists", "already exists")
        if dry_run:
            return copy.deepcopy(manifest)
        made = copy.deepcopy(manifest)
        made["metadata"]["creationTimestamp"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if resource.plural == POD.plural:
            self.schedule(made)
        self.objects[resource.plural, metadata.get("namespace"), metadata["name"]] = made
        return made

    def delete(self, resource: Resource, name: str, namespace: str | None = None, *, grace: int = 0) -> None:
        self._call("delete", resource.plural, name, *(["gently"] if grace else []))
        if self.objects.pop((resource.plural, namespace, name), None):
            self.deleted(resource.plural, namespace, name)

    def whoami(self, login: Any) -> Object:
        self._call("whoami", login.context)
        if isinstance(self.user_info, Exception):
            raise self.user_info
        return {"status": {"userInfo": self.user_info}}

    def execute(self, namespace: str, pod: str, container: str, command: Sequence[str], seconds: float) -> Ran:
        self._call("execute", pod)
        return self.execution(self.objects["pods", namespace, pod], command)

    def log(self, namespace: str, pod: str, container: str) -> str:
        self._call("log", pod)
        if pod not in self.logs:
            raise Refused(404, "NotFound", f'pods "{pod}" not found')
        return self.logs[pod]

    def _call(self, *words: str) -> None:
        self.calls.append(" ".join(words))
        if self.trouble:
            raise self.trouble


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def k8s(api: FakeApi, tmp_path: Path) -> K8s:
    return K8s(api, vars={"nonce": "abc"}, work=tmp_path)
