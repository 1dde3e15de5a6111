"""All that a subject may do in a namespace, from the authorizer's own list of rules."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from grader.access import Subject
from grader.api import Api
from grader.errors import Broken, Miss, Refused
from grader.resources import SELF_SUBJECT_RULES_REVIEW, Resource

SPECIAL = frozenset({"bind", "escalate", "impersonate", "use", "approve", "sign", "attest"})
NOBODY = Subject("labs-nobody", ("system:authenticated",))
SHOWN = 5
Right = tuple[str, str, str]
"""Verb, resource (``pods/log``, ``deployments.apps``), and the object's name or nothing for all objects."""


def nothing_more(api: Api, subject: Subject, wanted: Iterable[Sequence[str]], namespace: str) -> None:
    """Raise Miss if the subject may do anything in the namespace, or on cluster-scoped resources, that is not wanted.

    ``wanted`` are pairs of verbs (separated by blanks) and resource, or triples with an object's name. Rules count for
    what the cluster really serves: ``list`` on pods/log or a wildcard group without such a resource give nothing.
    What every authenticated user may do does not count, nor do paths that are no resources.

    Source: SelfSubjectRulesReview, authorization.k8s.io/v1. It calls itself incomplete wherever the Node authorizer
    is on, which gives rights to nodes only, and where a binding names a role that is gone, which gives none.
    """
    allowed = {right for each in wanted for right in _wanted(api, *each)}
    found = rights(api, subject, namespace) - rights(api, NOBODY, namespace)
    more = sorted(right for right in found if right not in allowed and (*right[:2], "") not in allowed)
    if more:
        listed = ", ".join(f"{verb} {what}{f' {name!r}' if name else ''}" for verb, what, name in more[:SHOWN])
        rest = f" and {len(more) - SHOWN} more" if len(more) > SHOWN else ""
        command = ["kubectl", "auth", "can-i", "--list", "-n", namespace, f"--as={subject.user}"]
        raise Miss(f"{subject.user} may also {listed}{rest} (seen from namespace {namespace})", shlex.join(command))


def rights(api: Api, subject: Subject, namespace: str) -> set[Right]:
    """Everything that the subject's rules allow in the namespace; Broken when it may not ask for them."""
    kind = SELF_SUBJECT_RULES_REVIEW
    review = {"apiVersion": kind.api_version, "kind": kind.kind, "spec": {"namespace": namespace}}
    try:
        answer = api.create(kind, review, subject=(subject.user, subject.groups))
    except Refused as refused:
        raise Broken(f"{subject.user} may not ask for its own rights (ClusterRole system:basic-user)") from refused
    status = answer.get("status")
    if not isinstance(status, dict) or not isinstance(status.get("resourceRules"), list):
        raise Broken("the API server's review of rules holds no rules")
    return {right for rule in status["resourceRules"] for right in _of_rule(rule, api.resources())}


def _of_rule(rule: Mapping[str, Any], served: Iterable[Resource]) -> Iterator[Right]:
    groups, wanted = set(rule.get("apiGroups") or ()), set(rule.get("resources") or ())
    verbs = set(rule.get("verbs") or ())
    for resource in served:
        if not {"*", resource.group} & groups:
            continue
        for subresource, possible in (("", resource.verbs), *resource.subverbs):
            if not wanted & _patterns(resource.plural, subresource):
                continue
            granted = set(possible) if "*" in verbs else verbs & (set(possible) | SPECIAL)
            for verb in granted:
                for name in rule.get("resourceNames") or ("",):
                    yield verb, _named(resource, subresource), name


def _patterns(plural: str, subresource: str) -> set[str]:
    """How a rule may name it (k8s.io/kubernetes pkg/apis/rbac/v1: ResourceMatches)."""
    return {"*", f"{plural}/{subresource}", f"*/{subresource}"} if subresource else {"*", plural}


def _named(resource: Resource, subresource: str) -> str:
    group = f".{resource.group}" if resource.group else ""
    return f"{resource.plural}{group}/{subresource}" if subresource else f"{resource.plural}{group}"


def _wanted(api: Api, verbs: str, resource: str, name: str = "") -> Iterator[Right]:
    what, _, subresource = resource.partition("/")
    found = api.resource(what)
    if subresource and subresource not in found.subresources:
        raise ValueError(f"{found.plural} has no subresource {subresource}")
    yield from ((verb, _named(found, subresource), name) for verb in verbs.split())
