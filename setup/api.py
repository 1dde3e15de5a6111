"""The API server as the one who sets up sees it: raw JSON objects, created and read back."""

import importlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CONNECT, READ = 2.0, 10.0  # seconds
Object = dict[str, Any]


def preload() -> None:
    """Load the client in the background, while something else is waited for: it takes a third of a second."""
    threading.Thread(target=importlib.import_module, args=("kubernetes",), daemon=True).start()


class Refused(Exception):  # noqa: N818 - it reads as what happened
    """The API server answered with an error; ``status`` is the HTTP code, the text is its message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Api:
    """A connection with one identity; kinds are looked up once each."""

    def __init__(self, kubeconfig: Path) -> None:
        from kubernetes import client, config

        settings = client.Configuration()
        config.load_kube_config(str(kubeconfig), client_configuration=settings, persist_config=False)
        settings.retries = False
        self._client = client.ApiClient(settings)
        self._failure = client.ApiException
        self._resources: dict[str, dict[str, Object]] = {}

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def path(self, manifest: Mapping[str, Any]) -> str:
        """The collection that an object belongs to, e.g. ``/apis/apps/v1/namespaces/ci/deployments``.

        Refused with status 404 when the API server knows no such kind.
        """
        version, kind = manifest["apiVersion"], manifest["kind"]
        root = f"/api/{version}" if "/" not in version else f"/apis/{version}"
        if kind not in self._resources.get(root, {}):
            found = self.call("GET", root)["resources"]
            self._resources[root] = {each["kind"]: each for each in found if "/" not in each["name"]}
        resource = self._resources[root].get(kind)
        if resource is None:
            raise Refused(404, f"no kind {kind} in {version}")
        if resource["namespaced"]:
            root += f"/namespaces/{manifest['metadata'].get('namespace', 'default')}"
        return f"{root}/{resource['name']}"

    def create(self, manifest: Object) -> Object:
        """Create an object; Refused with the API server's reason."""
        return self.call("POST", self.path(manifest), manifest)

    def get(self, manifest: Mapping[str, Any]) -> Object:
        """Read the live object with this manifest's kind and name; Refused with 404 where there is none."""
        return self.call("GET", f"{self.path(manifest)}/{manifest['metadata']['name']}")

    def put_status(self, manifest: Object, status: Object) -> Object:
        """Replace the status of the live object."""
        live = self.get(manifest)
        path = f"{self.path(manifest)}/{manifest['metadata']['name']}/status"
        return self.call("PUT", path, {**live, "status": status})

    def call(self, method: str, path: str, body: Object | None = None) -> Object:
        """Send one request and return the JSON object; Refused for an HTTP error, ConnectionError for a lost one."""
        from urllib3.exceptions import HTTPError

        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        try:
            response = self._client.call_api(
                method, self._client.configuration.host + path, headers, body, _request_timeout=(CONNECT, READ)
            )
            content = response.read()
        except self._failure as error:
            raise Refused(error.status or 0, _message(error.body)) from error
        except HTTPError as error:
            raise ConnectionError(f"the API server does not answer: {error}") from error
        if response.status >= 400:
            raise Refused(response.status, _message(content))
        parsed: Object = json.loads(content)
        return parsed


def _message(body: bytes | str | None) -> str:
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text.strip()[:300] or "no reason given"
