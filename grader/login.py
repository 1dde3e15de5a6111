"""Logging in with a candidate's kubeconfig, which is read as data and never trusted."""

import base64
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from grader import rights
from grader.access import Access, Subject
from grader.api import Api
from grader.errors import Broken, Miss, NoAnswer, NoTrust, Refused
from grader.kubeconfigs import Credentials, KubeconfigFault, credentials, parse, read_file
from grader.resources import Resource

_NAMESPACE = Resource("", "v1", "Namespace", "namespaces", namespaced=False)
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True)
class Login:
    """Who the API server took the holder of a kubeconfig for.

    ``groups`` is None when the cluster lets nobody ask (ClusterRole system:basic-user is gone). ``verified`` is False
    with insecure-skip-tls-verify. ``lifetime`` is seconds from a credential's issue to its end, None for no end.
    """

    user: str
    groups: tuple[str, ...] | None
    context: str
    namespace: str
    verified: bool
    lifetime: float | None
    uid: str = field(repr=False)
    extra: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False)
    access: Access = field(repr=False, compare=False)

    def can(self, verb: str, resource: str, *, namespace: str | None = None, name: str | None = None) -> None:
        """Raise Miss unless this login may do it; words as in ``K8s.allowed``.

        Asked as a SubjectAccessReview with the user, uid, groups and extra that the API server saw.
        """
        self.access.allowed(self._subject(), self.access.action(verb, resource, namespace, name))

    def cannot(self, verb: str, resource: str, *, namespace: str | None = None, name: str | None = None) -> None:
        """Raise Miss if this login may do it; words as in ``K8s.denied``."""
        self.access.denied(self._subject(), self.access.action(verb, resource, namespace, name))

    def nothing_more(self, wanted: Iterable[Sequence[str]], *, namespace: str) -> None:
        """Raise Miss if this login may do anything there that is not wanted; words as in ``K8s.nothing_more``."""
        rights.nothing_more(self.access.api, self._subject(), wanted, namespace)

    def _subject(self) -> Subject:
        if self.groups is None:
            raise Broken(f"the groups of {self.user} are unknown: ClusterRole system:basic-user lets nobody ask")
        return Subject(self.user, self.groups, self.uid, self.extra)


def log_in(
    api: Api, access: Access, kubeconfig: str | Path | dict[str, Any], work: Path, context: str | None = None
) -> Login:
    """Log in with one context of a kubeconfig: a path (relative to ``work``), YAML text, or a dict.

    Raises Miss for whatever keeps its holder out: no such file, context or certificate, another server, a wrong
    authority, credentials that are refused. Programs (exec, auth-provider), proxies and impersonation count as such.
    """
    see = f"kubectl config view --kubeconfig {kubeconfig}" if _is_path(kubeconfig) else "kubectl config view"
    try:
        config, folder = _read(kubeconfig, work)
        login = _at_home(credentials(config, folder, context), api.server)
        return _who(api, access, login)
    except KubeconfigFault as fault:
        raise Miss(f"nobody can log in with this kubeconfig: {fault}", see) from None
    except NoTrust as distrust:
        api.get(_NAMESPACE, "default")  # the control: with the grader's own authority the same server is trusted
        raise Miss(f"this kubeconfig does not trust the API server: {distrust}", see) from None


def demand(login: Login, user: str | None, groups: Sequence[str] | None) -> None:
    """Raise Miss unless the login is of this user and in each of these groups (others do not matter)."""
    if user is not None and login.user != user:
        raise Miss(f"logged in as {login.user}, expected {user}", "kubectl auth whoami")
    if groups is None:
        return
    if login.groups is None:
        raise Broken(f"the groups of {login.user} are unknown: ClusterRole system:basic-user lets nobody ask")
    if lacking := [group for group in groups if group not in login.groups]:
        raise Miss(f"{login.user} is not in group {', '.join(lacking)}, but in {', '.join(login.groups)}",
                   "kubectl auth whoami")  # fmt: skip


def _is_path(kubeconfig: str | Path | dict[str, Any]) -> bool:
    return isinstance(kubeconfig, Path) or (isinstance(kubeconfig, str) and "\n" not in kubeconfig)


def _read(kubeconfig: str | Path | dict[str, Any], work: Path) -> tuple[dict[str, Any], Path]:
    if isinstance(kubeconfig, dict):
        return kubeconfig, work
    if not _is_path(kubeconfig):
        return parse(str(kubeconfig)), work
    path = work / kubeconfig
    return parse(read_file(path)), path.parent


def _at_home(login: Credentials, server: str) -> Credentials:
    """Refuse every address but the sandbox's own: a grade connects nowhere else."""
    try:
        theirs, ours = urlsplit(login.server), urlsplit(server)
        same_port = (theirs.port or 443) == (ours.port or 443)
    except ValueError:
        raise KubeconfigFault(f"{login.server} is no address") from None
    same_host = theirs.hostname == ours.hostname or {theirs.hostname, ours.hostname} <= _LOOPBACK
    plain = theirs.path in ("", "/") and not theirs.query and theirs.username is None
    if not (theirs.scheme == "https" and same_port and same_host and plain):
        raise KubeconfigFault(f"it leads to {login.server or 'no server'}, the API server is {server}")
    return login


def _who(api: Api, access: Access, login: Credentials) -> Login:
    lifetime, trouble = _validity(login)
    uid, groups = "", None
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()
    try:
        info = (api.whoami(login).get("status") or {}).get("userInfo") or {}
        user, uid = str(info.get("username") or ""), str(info.get("uid") or "")
        groups = tuple(map(str, info.get("groups") or ()))
        extra = tuple((key, tuple(values)) for key, values in (info.get("extra") or {}).items())
    except Refused as refused:
        if refused.status == 401:
            raise KubeconfigFault(f"the API server does not accept its credentials{trouble}") from None
        known = re.search(r'User "((?:[^"\\]|\\.)+)" cannot', refused.message)
        if refused.status != 403 or not known:
            raise
        user = known[1]  # logged in, but not allowed to ask who they are
    except NoAnswer:
        api.get(_NAMESPACE, "default")
        if urlsplit(login.server).netloc != urlsplit(api.server).netloc and not trouble:
            raise KubeconfigFault(f"{login.server} gives no answer, the API server is {api.server}") from None
        raise
    if user in ("", "system:anonymous"):
        raise KubeconfigFault("it holds no credentials: no client certificate, no token")
    return Login(user, groups, login.context, login.namespace, not login.insecure, lifetime, uid, extra, access)


def _validity(login: Credentials) -> tuple[float | None, str]:
    """Return the lifetime in seconds of the certificate or token, and what may be wrong with it, for a refusal."""
    if login.certificate:
        return _of_certificate(login.certificate)
    if login.token and login.token.count(".") == 2:
        return _of_token(login.token)
    return None, ""


def _of_certificate(pem: str) -> tuple[float | None, str]:
    from cryptography import x509  # noqa: PLC0415 - only for a login

    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        issuer = certificate.issuer.rfc4514_string()
    except ValueError:
        raise KubeconfigFault("the client certificate cannot be read") from None
    now = datetime.now(UTC)
    trouble = f" (issued by {issuer})"
    if end < now:
        trouble = f": the certificate expired at {end:%Y-%m-%d %H:%M} UTC"
    elif begin > now:
        trouble = f": the certificate is valid from {begin:%Y-%m-%d %H:%M} UTC only"
    return (end - begin).total_seconds(), trouble


def _of_token(token: str) -> tuple[float | None, str]:
    """Read a JWT's times; whether it is genuine is the API server's to say."""
    try:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        begin, end = claims.get("iat"), claims.get("exp")
    except (ValueError, AttributeError, RecursionError):
        return None, ": the token cannot be read"
    if not isinstance(end, int | float) or not isinstance(begin, int | float):
        return None, ""
    expired = f": the token expired at {datetime.fromtimestamp(end, UTC):%Y-%m-%d %H:%M} UTC"
    return float(end - begin), expired if end < datetime.now(UTC).timestamp() else ""
