"""Lab 09: a kubeconfig put in order."""

import base64
import ssl
from typing import Any

import yaml

from grader import K8s, check

KEY = "a2VwdCBpbiB0aGUgc2FmZQo="  # stands in start/ for the surveyor's private key


def entries(k8s: K8s, section: str) -> dict[str, Any]:
    """The named entries of a section of the fleet's kubeconfig: clusters, contexts or users."""
    try:
        config = yaml.safe_load(k8s.read("fleet.kubeconfig"))
        return {item["name"]: dict(item[section[:-1]] or {}) for item in config.get(section) or ()}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise AssertionError(f"fleet.kubeconfig cannot be read as a kubeconfig: {error!r}") from None


def log_in(k8s: K8s, account: str, context: str | None = None) -> Any:
    """The login as a ServiceAccount (namespace:name) by a context, or by the current one."""
    return k8s.can_login("fleet.kubeconfig", user=f"system:serviceaccount:{account}", context=context)


@check(points=1)
def contexts_listed(k8s: K8s) -> None:
    """`contexts.txt` names all contexts of the file as it was found, and nothing else."""
    tag, found = k8s.vars["tag"], set(k8s.read("contexts.txt").split())
    wanted = {"patrol@depot", f"admin@attic-{tag}", f"stocktaking-{tag}", f"surveyor@annex-{tag}"}
    assert not wanted - found, f"missing: {', '.join(sorted(wanted - found))}"
    assert not found - wanted, f"no context of the file: {', '.join(sorted(found - wanted))}"


@check(points=2)
def certificate_decoded(k8s: K8s) -> None:
    """`surveyor.crt` is the client certificate of the user `surveyor`."""
    wanted = base64.b64decode(k8s.vars["surveyor_certificate"]).decode()
    try:
        text = k8s.read("surveyor.crt")
        found = ssl.PEM_cert_to_DER_cert(text[text.find("-----BEGIN") :].strip())
    except ValueError as error:
        raise AssertionError(f"surveyor.crt is no certificate in PEM form: {error}") from None
    assert found == ssl.PEM_cert_to_DER_cert(wanted), "surveyor.crt is another certificate"


@check(points=3)
def patrol_logs_in(k8s: K8s) -> None:
    """Context `patrol@depot` logs in to this cluster as ServiceAccount `patrol` and verifies the server."""
    assert log_in(k8s, "yard:patrol", "patrol@depot").verified, "the server's certificate is not verified"


@check(points=3)
def clerk_logs_in(k8s: K8s) -> None:
    """The file's current context is `clerk@depot` and logs in to this cluster as ServiceAccount `clerk`."""
    current = log_in(k8s, f"{k8s.vars['office']}:clerk").context
    assert current == "clerk@depot", f"the current context is {current}"


@check(points=1, after=clerk_logs_in)
def clerk_is_at_the_office(k8s: K8s) -> None:
    """Context `clerk@depot` joins the user `clerk` with the cluster `depot` and the clerk's namespace."""
    found = entries(k8s, "contexts")["clerk@depot"]
    wanted = {"cluster": "depot", "user": "clerk", "namespace": k8s.vars["office"]}
    assert wanted.items() <= found.items(), f"expected {wanted}, found {found}"


@check(points=2, after=(patrol_logs_in, clerk_logs_in))
def tokens_last(k8s: K8s) -> None:
    """The credentials of both accounts are valid for 24 hours or longer."""
    for account, context in (("yard:patrol", "patrol@depot"), (f"{k8s.vars['office']}:clerk", "clerk@depot")):
        seconds = log_in(k8s, account, context).lifetime
        assert seconds is None or seconds >= 24 * 3600, f"{context}: valid for {seconds / 3600:.1f} hours"


@check(points=2)
def attic_cleared(k8s: K8s) -> None:
    """Nothing is left of the attic's cluster, and everything of the annex is as it was."""
    tag = k8s.vars["tag"]
    clusters, contexts, users = (entries(k8s, section) for section in ("clusters", "contexts", "users"))
    left = {f"attic-{tag}", f"admin@attic-{tag}", f"stocktaking-{tag}", "attic-admin"} & {*clusters, *contexts, *users}
    assert not left, f"still there: {', '.join(sorted(left))}"
    for found, wanted in (
        (clusters.get(f"annex-{tag}"), {"server": f"https://annex-{tag}.example:6443"}),
        (contexts.get(f"surveyor@annex-{tag}"), {"cluster": f"annex-{tag}", "user": "surveyor", "namespace": "maps"}),
        (users.get("surveyor"), {"client-certificate-data": k8s.vars["surveyor_certificate"], "client-key-data": KEY}),
    ):
        assert wanted.items() <= (found or {}).items(), f"of the annex, expected {wanted}, found {found}"
