"""Lab 08: a new colleague gets a certificate."""

from typing import Any

import yaml

from grader import K8s, check

FILES = {"certificate-authority", "client-certificate", "client-key", "tokenFile"}


def log_in(k8s: K8s, **demands: Any) -> Any:
    """The login that the colleague's kubeconfig gives."""
    return k8s.can_login(f"{k8s.vars['user']}.kubeconfig", user=k8s.vars["user"], **demands)


def files_named(text: str) -> set[str]:
    """The fields of a kubeconfig that name files instead of holding what is in them."""
    try:
        config = yaml.safe_load(text)
        entries = [item[kind] or {} for kind in ("cluster", "user") for item in config[f"{kind}s"]]
        return {key for entry in entries for key in FILES.intersection(entry)}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise AssertionError(f"the kubeconfig has an entry that cannot be read: {error!r}") from None


@check(points=3)
def lets_the_user_in(k8s: K8s) -> None:
    """The kubeconfig logs in to this cluster under the colleague's own name."""
    log_in(k8s)


@check(points=2, after=lets_the_user_in)
def in_the_group(k8s: K8s) -> None:
    """The certificate makes its owner a member of the group."""
    log_in(k8s, groups=[k8s.vars["group"]])


@check(points=2, after=lets_the_user_in)
def lasts_as_asked(k8s: K8s) -> None:
    """The certificate is valid for as many days as asked."""
    seconds, wanted = log_in(k8s).lifetime, k8s.vars["days"] * 86400
    assert seconds, "expected a client certificate, found a login without an end"
    assert abs(seconds - wanted) <= 3600, f"expected {k8s.vars['days']} days, found {seconds / 86400:.1f} days"


@check(points=1, after=lets_the_user_in)
def stands_alone(k8s: K8s) -> None:
    """The kubeconfig names no other files and verifies the server's certificate."""
    assert log_in(k8s).verified, "the kubeconfig skips the check of the server's certificate"
    named = files_named(k8s.read(f"{k8s.vars['user']}.kubeconfig"))
    assert not named, f"the kubeconfig names other files: {', '.join(sorted(named))}"


@check(points=1, after=lets_the_user_in)
def works_in_the_namespace(k8s: K8s) -> None:
    """Whoever uses the kubeconfig works in the team's namespace without naming it."""
    found = log_in(k8s).namespace
    assert found == k8s.vars["namespace"], f"expected the namespace {k8s.vars['namespace']}, found {found}"


@check(points=2)
def group_may_look(k8s: K8s) -> None:
    """Every member of the group, and nobody from outside, may get, list and watch Pods and Services there."""
    namespace, group = k8s.vars["namespace"], k8s.vars["group"]
    for resource in ("pods", "services"):
        for verb in ("get", "list", "watch"):
            k8s.allowed("a-later-member", verb, resource, namespace=namespace, groups=[group])
        k8s.denied("an-outsider", "list", resource, namespace=namespace)


@check(points=2)
def user_may_restart(k8s: K8s) -> None:
    """The colleague alone, not the group, may get and patch Deployments there."""
    namespace, group = k8s.vars["namespace"], k8s.vars["group"]
    for verb in ("get", "patch"):
        k8s.allowed(k8s.vars["user"], verb, "deployments.apps", namespace=namespace, groups=[group])
        k8s.denied("a-later-member", verb, "deployments.apps", namespace=namespace, groups=[group])


@check(points=2, after=(in_the_group, group_may_look))
def kept_out(k8s: K8s) -> None:
    """The kubeconfig opens neither another namespace, nor Secrets, nor anything beyond what was asked."""
    login, namespace = log_in(k8s), k8s.vars["namespace"]
    login.can("list", "pods", namespace=namespace)
    wanted = (("get list watch", "pods"), ("get list watch", "services"), ("get patch", "deployments.apps"))
    login.nothing_more(wanted, namespace=namespace)
    for elsewhere in ("default", "kube-system", None):
        login.cannot("list", "pods", namespace=elsewhere)
        login.cannot("get", "secrets", namespace=elsewhere)
    login.cannot("list", "nodes")
