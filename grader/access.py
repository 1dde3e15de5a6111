"""What a subject may and may not do, asked by SubjectAccessReview."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.api import Api
from grader.errors import Broken, Miss
from grader.resources import SUBJECT_ACCESS_REVIEW, NoSuchKind
from grader.text import clean_line

_VERBS = frozenset(
    {"*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
    | {"bind", "escalate", "impersonate", "use", "approve", "sign", "attest", "proxy"}
    | {"head", "post", "put", "options"}
)
_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True)
class Subject:
    """Somebody who asks: as the API server sees them, groups included."""

    user: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def named(cls, user: str, groups: Sequence[str] = ()) -> "Subject":
        """Add the groups that an authenticator adds.

        Source: MakeGroupNames in k8s.io/apiserver/pkg/authentication/serviceaccount/util.go.
        """
        if user == "system:anonymous":
            return cls(user, (*groups, "system:unauthenticated"))
        own: tuple[str, ...] = ()
        if user.startswith(_ACCOUNT):
            namespace, colon, name = user.removeprefix(_ACCOUNT).partition(":")
            if not (namespace and colon and name):
                raise ValueError(f"{user} is no ServiceAccount: write {_ACCOUNT}NAMESPACE:NAME")
            own = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}")
        return cls(user, tuple(dict.fromkeys((*own, *groups, "system:authenticated"))))


MASTER = Subject("labs-control", ("system:masters", "system:authenticated"))


@dataclass(frozen=True)
class Action:
    """A verb on a resource; ``resource`` as in ``kubectl auth can-i``: pods, pods/log, deployments.apps, /healthz."""

    verb: str
    resource: str
    group: str = ""
    subresource: str = ""
    namespace: str | None = None
    name: str | None = None

    def __str__(self) -> str:
        what = self.resource + (f".{self.group}" if self.group else "")
        what += f"/{self.subresource}" if self.subresource else ""
        what += f" {self.name!r}" if self.name else ""
        return f"{self.verb} {what}" + (f" in namespace {self.namespace}" if self.namespace else "")

    def attributes(self) -> dict[str, Any]:
        """The part of a review that says what is asked."""
        if self.resource.startswith("/"):
            return {"nonResourceAttributes": {"verb": self.verb, "path": self.resource}}
        asked = {
            "verb": self.verb,
            "group": self.group,
            "resource": self.resource,
            "subresource": self.subresource,
            "namespace": self.namespace,
            "name": self.name,
        }
        return {"resourceAttributes": {key: value for key, value in asked.items() if value}}

    def command(self, subject: Subject) -> str:
        """The kubectl command that asks the same."""
        what = self.resource + (f".{self.group}" if self.group else "") + (f"/{self.name}" if self.name else "")
        words = ["kubectl", "auth", "can-i", self.verb, what]
        words += [f"--subresource={self.subresource}"] if self.subresource else []
        words += ["-n", self.namespace] if self.namespace else []
        words += [f"--as={subject.user}"]
        implied = Subject.named(subject.user).groups
        words += [f"--as-group={group}" for group in subject.groups if group not in implied]
        return shlex.join(words)


class Access:
    """Asks who may do what, and proves once that the authorizer can say yes."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._proved = False

    def action(self, verb: str, resource: str, namespace: str | None = None, name: str | None = None) -> Action:
        """Check an author's words against what the cluster serves: a typo would be denied to everybody.

        Raises ValueError for unknown verbs and subresources, Broken for unknown built-in resources.
        """
        if verb not in _VERBS:
            raise ValueError(f"{verb} is no verb of the API")
        if resource.startswith("/"):
            return Action(verb, resource)
        what, _, subresource = resource.partition("/")
        plain, _, group = what.partition(".")
        if plain == "*":
            return Action(verb, plain, group, subresource, namespace, name)
        try:
            found = self.api.resource(what)
        except NoSuchKind as missing:
            if not missing.custom:
                raise
            return Action(verb, plain, group, subresource, namespace, name)
        if subresource and subresource != "*" and subresource not in found.subresources:
            raise ValueError(f"{found.plural} has no subresource {subresource}")
        if namespace and not found.namespaced:
            raise ValueError(f"{found.plural} is not namespaced")
        return Action(verb, found.plural, found.group, subresource, namespace, name)

    def allowed(self, subject: Subject, action: Action) -> None:
        """Raise Miss unless the subject may do it."""
        yes, reason = self._review(subject, action)
        if not yes:
            raise Miss(_sentence(subject, "may not", action, reason), action.command(subject))

    def denied(self, subject: Subject, action: Action) -> None:
        """Raise Miss if the subject may do it; Broken if the authorizer says no even to system:masters."""
        yes, reason = self._review(subject, action)
        if yes:
            raise Miss(_sentence(subject, "may", action, reason), action.command(subject))
        if not self._proved:
            if not self._review(MASTER, action)[0]:
                raise Broken("the authorizer denies everything, even to system:masters")
            self._proved = True

    def _review(self, subject: Subject, action: Action) -> tuple[bool, str]:
        """Return the answer and its reason.

        An evaluationError beside it is ordinary: RBAC reports every binding whose role is missing and goes on with
        the others, so the answer is right nevertheless.
        """
        asked: dict[str, Any] = {"user": subject.user, "groups": list(subject.groups), **action.attributes()}
        if subject.uid:
            asked["uid"] = subject.uid
        if subject.extra:
            asked["extra"] = {key: list(values) for key, values in subject.extra}
        kind = SUBJECT_ACCESS_REVIEW
        answer = self.api.create(kind, {"apiVersion": kind.api_version, "kind": kind.kind, "spec": asked})
        status = answer.get("status")
        if not isinstance(status, dict) or not isinstance(status.get("allowed"), bool):
            raise Broken("the API server's access review holds no answer")
        return status["allowed"], str(status.get("reason") or status.get("evaluationError") or "")


def _sentence(subject: Subject, may: str, action: Action, reason: str) -> str:
    """Say who may do what; RBAC's reason can list every role that is missing on the whole cluster."""
    return f"{subject.user} {may} {action}" + (f"\n{clean_line(reason, 300)}" if reason else "")
