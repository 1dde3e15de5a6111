"""The wire: every answer of a server becomes the right kind of result, and nothing waits for ever."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from grader import api as wire
from grader.api import ApiServer, Wire
from grader.errors import Broken, NoAnswer, NoTrust, Refused
from grader.kubeconfigs import Credentials
from grader.resources import POD, SUBJECT_ACCESS_REVIEW

DISCOVERY = {
    "items": [
        {
            "metadata": {},
            "versions": [
                {
                    "version": "v1",
                    "resources": [{"resource": "pods", "responseKind": {"kind": "Pod"}, "scope": "Namespaced"}],
                }
            ],
        }
    ]
}


class Server:
    """An HTTPS server whose answers the test gives."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[Any] = []
        self.answer: Callable[[Any], tuple[int, Any]] = lambda request: (200, {})
        outer = self

        class Requests(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = SimpleNamespace(path=self.path, headers=self.headers, body=body and json.loads(body))
                outer.asked.append(request)
                status, content = outer.answer(request)
                content = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *arguments: Any) -> None:
                """Clients of these tests go away in the middle."""

        self.certificate = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem")
        self.http = Quiet(("127.0.0.1", 0), Requests)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()


def certificate(folder: Path) -> str:
    """Make a certificate for 127.0.0.1 with its key in folder/server.pem; return the certificate alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.pem").write_text(pem + key.private_bytes(serialization.Encoding.PEM, form, plain).decode())
    return pem


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def api(server: Server) -> ApiServer:
    return ApiServer(Wire(Credentials("c", server.url, authority=server.certificate, token="secret")))


def test_the_kubeconfig_of_the_grader_is_used(server: Server, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    (tmp_path / "ca.pem").write_text(server.certificate)
    config = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server.url, "certificate-authority": "ca.pem"}}],
        "users": [{"name": "u", "user": {"token": "secret"}}],
    }
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    assert ApiServer.connect(tmp_path / "config").get(POD, "x", "ns") == {}
    assert server.asked[0].headers["Authorization"] == "Bearer secret"
    with pytest.raises(Broken, match="grader's kubeconfig"):
        ApiServer.connect(tmp_path / "none")


def test_get(server: Server, api: ApiServer):
    server.answer = lambda request: (
        (200, {"kind": "Pod"}) if request.path.endswith("/x") else (404, {"reason": "NotFound"})
    )
    assert api.get(POD, "x", "ns") == {"kind": "Pod"}
    assert api.get(POD, "y", "ns") is None
    assert server.asked[0].path == "/api/v1/namespaces/ns/pods/x"


def test_lists_are_paged_and_items_know_their_kind(server: Server, api: ApiServer):
    def pages(request):
        onward = "" if "continue=more" in request.path else "more"
        return 200, {"metadata": {"continue": onward}, "items": [{"metadata": {"name": onward or "last"}}]}

    server.answer = pages
    found = [*api.list(POD, labels={"app": "web"})]
    assert [item["metadata"]["name"] for item in found] == ["more", "last"]
    assert found[0]["kind"] == "Pod"
    assert server.asked[0].path == "/api/v1/pods?limit=500&labelSelector=app%3Dweb"


def test_dry_runs_act_as_a_subject_and_store_nothing(server: Server, api: ApiServer):
    api.create(POD, {"metadata": {"namespace": "ns"}}, dry_run=True, subject=("jane", ("a", "b")))
    request = server.asked[0]
    assert request.path == "/api/v1/namespaces/ns/pods?timeout=4s&fieldValidation=Strict&dryRun=All"
    assert request.headers["Impersonate-User"] == "jane"
    assert request.headers.get_all("Impersonate-Group") == ["a", "b"]


def test_deleting_what_is_gone_is_fine(server: Server, api: ApiServer):
    server.answer = lambda request: (404, {})
    api.delete(POD, "x", "ns")
    assert server.asked[0].body["gracePeriodSeconds"] == 0


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, {"reason": "Forbidden", "message": "no"}, Refused),
        (401, {}, Refused),
        (302, {}, NoAnswer),
        (408, {}, NoAnswer),
        (429, {"message": "slow down"}, NoAnswer),
        (500, {"message": "failed calling webhook"}, NoAnswer),
        (503, b"<html>", NoAnswer),
    ],
)
def test_who_is_to_blame_for_a_status(server: Server, api: ApiServer, status, body, error):
    server.answer = lambda request: (status, body)
    with pytest.raises(error):
        api.get(POD, "x", "ns")


def test_a_busy_server_is_asked_again_once(server: Server, api: ApiServer):
    answers = iter([(503, {}), (200, {"kind": "Pod"}), (503, {}), (503, {})])
    server.answer = lambda request: next(answers)
    assert api.get(POD, "x", "ns") == {"kind": "Pod"}
    with pytest.raises(NoAnswer):
        api.get(POD, "x", "ns")
    assert len(server.asked) == 4


def test_a_pod_is_created_once_and_a_review_may_be_asked_twice(server: Server, api: ApiServer):
    server.answer = lambda request: (503, {})
    with pytest.raises(NoAnswer):
        api.create(POD, {"metadata": {"namespace": "ns"}})
    assert len(server.asked) == 1
    with pytest.raises(NoAnswer):
        api.create(SUBJECT_ACCESS_REVIEW, {})
    assert len(server.asked) == 3


def test_a_server_that_says_nothing_is_given_up(server: Server, api: ApiServer, monkeypatch):
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.2)
    server.answer = lambda request: (time.sleep(1), (200, {}))[1]
    began = time.monotonic()
    with pytest.raises(NoAnswer, match=r"within 0\.2 s"):
        api.create(POD, {"metadata": {"namespace": "ns"}})
    assert time.monotonic() - began < 0.9


def test_a_server_that_is_gone(server: Server, api: ApiServer):
    gone = ApiServer(Wire(Credentials("c", "https://127.0.0.1:1", authority=server.certificate)))
    with pytest.raises(NoAnswer, match="no connection"):
        gone.get(POD, "x", "ns")


def test_an_answer_without_end_is_not_read(server: Server, api: ApiServer, monkeypatch):
    monkeypatch.setattr(wire, "LARGEST", 1000)
    server.answer = lambda request: (200, {"data": "x" * 2000})
    with pytest.raises(NoAnswer, match="larger"):
        api.get(POD, "x", "ns")


def test_json_that_is_nested_too_deeply_is_no_crash(server: Server, api: ApiServer):
    server.answer = lambda request: (200, b"[" * 100_000)
    assert api.get(POD, "x", "ns") == {"message": "[" * 200}


def test_a_stranger_is_not_trusted(server: Server, api: ApiServer, tmp_path: Path):
    with pytest.raises(NoTrust, match="TLS"):
        api.whoami(Credentials("c", server.url, authority=certificate(tmp_path)))
    assert api.whoami(Credentials("c", server.url, insecure=True)) == {}


def test_discovery_is_asked_once_and_again_for_a_kind_that_is_new(server: Server, api: ApiServer):
    server.answer = lambda request: (200, DISCOVERY if request.path == "/api" else {})
    assert api.resource("Pod").plural == "pods"
    api.resource("pods")
    assert len(server.asked) == 2
    with pytest.raises(Broken):
        api.resource("Widget")
    assert len(server.asked) == 4


def test_keys_do_not_stay_on_disk(server: Server, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pem = (tmp_path / "server.pem").read_text()
    Wire(Credentials("c", server.url, insecure=True, certificate=server.certificate, key=pem))
    assert [path.name for path in tmp_path.iterdir()] == ["server.pem"]
