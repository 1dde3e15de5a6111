"""The API server as the grader asks it: raw JSON, a time limit on every call, few requests."""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from grader import streams
from grader.errors import Broken, NoAnswer, NoTrust, Refused
from grader.kubeconfigs import Credentials, KubeconfigFault, credentials, parse, read_file
from grader.node import Ran
from grader.resources import POD, SELF_SUBJECT_REVIEW, NoSuchKind, Resource, Served, read_discovery
from grader.tls import trust

Object = dict[str, Any]
Objects = list[Object]
Headers = tuple[tuple[str, str], ...]

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0
SERVER_SECONDS = 4
"""How long the API server may try itself; less than ANSWER_SECONDS, so that it can still name the webhook that hung."""
PAGE = 500
LARGEST = 256 << 20
"""Bytes of one answer. A page of 500 objects of 500 kB is still read; more would only fill the memory."""
_PAUSE = 0.2
_JSON: Headers = (("Accept", "application/json"),)
_DISCOVERY = ",".join(
    f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList" for version in ("v2", "v2beta1")
)


class Api(Protocol):
    """What the grader asks of a cluster. Every call may raise NoAnswer (broken) or Refused (a 4xx answer)."""

    @property
    def server(self) -> str:
        """The address, as in a kubeconfig."""

    def resource(self, kind: str) -> Resource:
        """Return the resource that an author means; raises NoSuchKind. Forms as in ``Served.find``."""

    def resources(self) -> tuple[Resource, ...]:
        """Return everything that the cluster serves."""

    def get(self, resource: Resource, name: str, namespace: str | None = None) -> Object | None:
        """Return the object, or None if there is none."""

    def list(
        self, resource: Resource, namespace: str | None = None, labels: Mapping[str, str] | None = None
    ) -> Iterator[Object]:
        """Yield the objects of a namespace, or of all, each with apiVersion and kind."""

    def create(
        self,
        resource: Resource,
        manifest: Object,
        *,
        dry_run: bool = False,
        subject: tuple[str, tuple[str, ...]] | None = None,
    ) -> Object:
        """Create an object in the namespace it names; ``subject`` is a user and groups to act as."""

    def delete(self, resource: Resource, name: str, namespace: str | None = None, *, grace: int = 0) -> None:
        """Delete, at once unless told a grace period in seconds; an object that is not there is fine."""

    def whoami(self, login: Credentials) -> Object:
        """Return the SelfSubjectReview of these credentials alone; raises NoTrust if TLS fails, Refused for 401."""

    def execute(self, namespace: str, pod: str, container: str, command: Sequence[str], seconds: float) -> Ran:
        """Run a command in a container; Broken if it cannot run or takes longer than ``seconds``."""

    def log(self, namespace: str, pod: str, container: str) -> str:
        """Return what a container has written, at most its last 20 000 lines."""


class Wire:
    """One server with one identity. Keys are held in memory only; no proxy, no redirect, no retry but our own."""

    def __init__(self, login: Credentials) -> None:
        import urllib3
        from kubernetes import client  # the package first: its circular imports are not made for several threads

        self.server = login.server.rstrip("/")
        self.authority = login.authority
        self._headers: Headers = (("User-Agent", "cka-labs-grader"),)
        if login.token:
            self._headers += (("Authorization", f"Bearer {login.token}"),)
        self._tls = trust(login)
        self._client: Any = client.rest.RESTClientObject(client.Configuration())
        self._client.pool_manager = urllib3.PoolManager(
            maxsize=16, retries=False, ssl_context=self._tls, server_hostname=login.server_name
        )

    def run(self, path: str, container: str, command: Sequence[str], seconds: float) -> Ran:
        """Run a command in the pod at ``path``."""
        url = streams.exec_url(self.server, quote(path), container, command)
        return streams.run(url, self._headers, self._tls, seconds)

    def text(self, path: str, query: Mapping[str, str | int]) -> str:
        """Return the text that a GET is answered with; raises NoAnswer or Refused."""
        status, content = self._exchange("GET", path, query, None, (*self._headers, ("Accept", "*/*")))
        if status == 200:
            return content.decode(errors="replace")
        message = content[:300].decode(errors="replace")
        if 400 <= status < 500 and status not in (408, 429):
            raise Refused(status, "", message)
        raise NoAnswer(f"the API server answered {status} {message}".rstrip())

    def send(
        self, method: str, path: str, query: Mapping[str, str | int], body: Object | None, headers: Headers = _JSON
    ) -> Object:
        """Send one request and return the JSON of a 2xx answer; raises NoAnswer, NoTrust or Refused."""
        status, content = self._exchange(method, path, query, body, self._headers + headers)
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = {"message": content[:200].decode(errors="replace").strip()}
        if not isinstance(answer, dict):
            answer = {}
        if 200 <= status < 300:
            return answer
        message = str(answer.get("message") or "")
        if 400 <= status < 500 and status not in (408, 429):
            raise Refused(status, str(answer.get("reason") or ""), message)
        raise NoAnswer(f"the API server answered {status} {message}".rstrip())

    def _exchange(
        self, method: str, path: str, query: Mapping[str, str | int], body: Object | None, headers: Headers
    ) -> tuple[int, bytes]:
        from kubernetes import client
        from urllib3 import HTTPHeaderDict
        from urllib3.exceptions import HTTPError, NewConnectionError
        from urllib3.exceptions import TimeoutError as TimeIsOver

        url = f"{self.server}{quote(path)}" + (f"?{urlencode(query)}" if query else "")
        try:
            answer = self._client.request(
                method,
                url,
                headers=HTTPHeaderDict(headers),
                body=body,
                _request_timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            ).response
            content = answer.read(LARGEST + 1)
            if len(content) > LARGEST:
                answer.close()
                raise NoAnswer(f"the API server's answer is larger than {LARGEST >> 20} MiB")
            answer.release_conn()
        except client.ApiException as error:
            raise NoTrust(f"TLS with the API server at {self.server} failed: {error.reason}") from None
        except (HTTPError, OSError) as error:
            if isinstance(error, TimeIsOver) and not isinstance(error, NewConnectionError):
                raise NoAnswer(f"no answer from the API server at {self.server} within {ANSWER_SECONDS:g} s") from None
            raise NoAnswer(f"no connection to the API server at {self.server}: {_cause(error)}") from None
        return answer.status, content


class ApiServer:
    """A live API server."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._served: Served | None = None
        self._lock = threading.Lock()

    @classmethod
    def connect(cls, kubeconfig: Path) -> "ApiServer":
        """Take the current context of the grader's kubeconfig. Sends nothing yet. Raises Broken if it is unusable."""
        try:
            return cls(Wire(credentials(parse(read_file(kubeconfig)), kubeconfig.parent)))
        except KubeconfigFault as fault:
            raise Broken(f"the grader's kubeconfig {kubeconfig}: {fault}") from None

    @property
    def server(self) -> str:
        """The address, without a slash at the end."""
        return self._wire.server

    def resource(self, kind: str) -> Resource:
        with self._lock:
            known, self._served = self._served is not None, self._served or self._discover()
            try:
                return self._served.find(kind)
            except NoSuchKind:
                if not known:
                    raise
                self._served = self._discover()  # a CRD may have come since
                return self._served.find(kind)

    def resources(self) -> tuple[Resource, ...]:
        with self._lock:
            self._served = self._served or self._discover()
            return self._served.resources

    def get(self, resource: Resource, name: str, namespace: str | None = None) -> Object | None:
        try:
            return self._read(resource.path(namespace, name), {})
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def list(
        self, resource: Resource, namespace: str | None = None, labels: Mapping[str, str] | None = None
    ) -> Iterator[Object]:
        query: dict[str, str | int] = {"limit": PAGE}
        if labels:
            query["labelSelector"] = ",".join(f"{key}={value}" for key, value in labels.items())
        while True:
            page = self._read(resource.path(namespace), query)
            for item in page.get("items") or ():
                yield {"apiVersion": resource.api_version, "kind": resource.kind, **item}
            onward = (page.get("metadata") or {}).get("continue")
            if not onward:
                return
            query["continue"] = onward

    def create(
        self,
        resource: Resource,
        manifest: Object,
        *,
        dry_run: bool = False,
        subject: tuple[str, tuple[str, ...]] | None = None,
    ) -> Object:
        namespace = (manifest.get("metadata") or {}).get("namespace")
        query: dict[str, str | int] = {"timeout": f"{SERVER_SECONDS}s", "fieldValidation": "Strict"}
        if dry_run:
            query["dryRun"] = "All"
        path, headers = resource.path(namespace), _JSON + _acting_as(subject)
        if dry_run or resource.group.startswith("auth"):  # reviews and dry runs leave nothing behind: ask again
            return self._twice("POST", path, query, manifest, headers)
        return self._wire.send("POST", path, query, manifest, headers)

    def delete(self, resource: Resource, name: str, namespace: str | None = None, *, grace: int = 0) -> None:
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": grace}
        try:
            self._wire.send("DELETE", resource.path(namespace, name), {}, options)
        except Refused as refused:
            if refused.status != 404:
                raise

    def whoami(self, login: Credentials) -> Object:
        if (
            login.insecure and self._wire.authority
        ):  # the address was found to be this server's: no need to trust blindly
            login = replace(login, server=self.server, authority=self._wire.authority, insecure=False, server_name=None)
        review = {"apiVersion": SELF_SUBJECT_REVIEW.api_version, "kind": SELF_SUBJECT_REVIEW.kind}
        return Wire(login).send("POST", SELF_SUBJECT_REVIEW.path(), {}, review)

    def execute(self, namespace: str, pod: str, container: str, command: Sequence[str], seconds: float) -> Ran:
        return self._wire.run(POD.path(namespace, pod), container, command, seconds)

    def log(self, namespace: str, pod: str, container: str) -> str:
        return self._wire.text(f"{POD.path(namespace, pod)}/log", {"container": container, "tailLines": 20_000})

    def _discover(self) -> Served:
        return read_discovery(
            self._twice("GET", path, {}, None, (("Accept", _DISCOVERY),)) for path in ("/api", "/apis")
        )

    def _read(self, path: str, query: Mapping[str, str | int]) -> Object:
        return self._twice("GET", path, query, None)

    def _twice(
        self, method: str, path: str, query: Mapping[str, str | int], body: Object | None, headers: Headers = _JSON
    ) -> Object:
        """Ask again once when the connection broke or the server was busy, not when it let time run out."""
        began = time.monotonic()
        try:
            return self._wire.send(method, path, query, body, headers)
        except NoAnswer:
            if time.monotonic() - began > 1:
                raise
        time.sleep(_PAUSE)
        return self._wire.send(method, path, query, body, headers)


def _acting_as(subject: tuple[str, tuple[str, ...]] | None) -> Headers:
    """Impersonation headers; the API server adds a ServiceAccount's groups only when none are given."""
    if subject is None:
        return ()
    user, groups = subject
    return (("Impersonate-User", user), *(("Impersonate-Group", group) for group in groups))


def _cause(error: Exception) -> str:
    text = str(error.__cause__ or error.__context__ or error)
    return text.rsplit(": ", 1)[-1] if text else type(error).__name__
