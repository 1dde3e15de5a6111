"""A candidate's kubeconfig is read as data: it logs in here or is a miss, and runs nothing."""

import base64
import os
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from grader.errors import Broken, Miss, NoAnswer, NoTrust, Refused
from grader.k8s import K8s
from grader.kubeconfigs import Credentials, KubeconfigFault, parse
from grader.tls import trust

SERVER = "https://127.0.0.1:6443"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def pair(days: int = 1, ended: bool = False) -> tuple[str, str]:
    """A self-signed certificate and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jane")])
    end = datetime.now(UTC) + timedelta(days=-1 if ended else days)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, end - timedelta(days=days), end)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return pem.decode(), key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def config(user: dict | None = None, cluster: dict | None = None, **changes) -> dict:
    return {
        "current-context": "jane@lab",
        "contexts": [{"name": "jane@lab", "context": {"cluster": "lab", "user": "jane", "namespace": "team"}}],
        "clusters": [{"name": "lab", "cluster": {"server": SERVER, **(cluster or {})}}],
        "users": [{"name": "jane", "user": {"token": "secret"} if user is None else user}],
        **changes,
    }


def test_a_login_says_who_and_where(k8s: K8s):
    login = k8s.can_login(config(), user="jane", groups=["devs"])
    assert (login.user, login.groups, login.context, login.namespace) == (
        "jane",
        ("devs", "system:authenticated"),
        "jane@lab",
        "team",
    )
    assert login.verified
    assert login.lifetime is None
    assert not k8s.can_login(config(cluster={"insecure-skip-tls-verify": True})).verified


def test_a_path_a_text_and_a_dict(k8s: K8s):
    text = yaml.safe_dump(config(user={"tokenFile": "token"}))
    (k8s.work / "jane").mkdir()
    (k8s.work / "jane" / "token").write_text("secret\n")
    (k8s.work / "token").write_text("secret\n")
    (k8s.work / "jane" / "config").write_text(text)
    for kubeconfig in ("jane/config", k8s.work / "jane" / "config", text, yaml.safe_load(text)):
        assert k8s.can_login(kubeconfig).user == "jane"


def test_a_login_is_asked_with_its_groups(api, k8s: K8s):
    asked = []
    api.rights = lambda spec: asked.append(spec) or spec["resourceAttributes"]["verb"] == "get"
    login = k8s.can_login(config())
    login.can("get", "pods", namespace="team")
    assert (asked[0]["user"], asked[0]["groups"]) == ("jane", ["devs", "system:authenticated"])
    with pytest.raises(Miss):
        login.cannot("get", "pods")
    with pytest.raises(Miss):
        login.can("delete", "pods")


def test_another_user_or_group_is_a_miss(k8s: K8s):
    with pytest.raises(Miss, match="logged in as jane, expected john"):
        k8s.can_login(config(), user="john")
    with pytest.raises(Miss, match="not in group admins"):
        k8s.can_login(config(), groups=["devs", "admins"])


@pytest.mark.parametrize(
    ("kubeconfig", "why"),
    [
        ("missing", "No such file"),
        ("not: [yaml\n", "not YAML"),
        ("just text\n", "not a kubeconfig"),
        ("a: &a [1]\nb: *a\n", "aliases"),
        ("[" * 100_000 + "\n", "nested too deeply"),
        (config(**{"current-context": ""}), "current-context is not set"),
        (config(**{"current-context": "x"}), "no context named 'x'"),
        (config(clusters=[]), "no cluster named 'lab'"),
        (config(users=None), "no user named 'jane'"),
        (config(contexts="text"), "no context named"),
        (config(user={"exec": {"command": "sh"}}), "through exec"),
        (config(user={"auth-provider": {"name": "oidc"}}), "through auth-provider"),
        (config(user={"as": "admin", "token": "x"}), "impersonates"),
        (config(cluster={"proxy-url": "http://evil"}), "proxy-url"),
        (config(cluster={"server": "https://evil.example:6443"}), "it leads to https://evil.example:6443"),
        (config(cluster={"server": "https://127.0.0.1:1"}), "it leads to"),
        (config(cluster={"server": "http://127.0.0.1:6443"}), "it leads to"),
        (config(cluster={"server": "https://127.0.0.1:6443@evil.example"}), "it leads to"),
        (config(cluster={"server": "https://x:port"}), "is no address"),
        (config(cluster={"server": 7}), "not a line of text"),
        (config(cluster={"certificate-authority": "/dev/zero"}), "not a file"),
        (config(cluster={"certificate-authority": "no.crt"}), "No such file"),
        (config(cluster={"certificate-authority-data": "%%%"}), "not base64"),
        (config(user={"client-certificate-data": encoded("no pem"), "client-key-data": "eA=="}), "cannot be read"),
        (config(user={"tokenFile": "/etc"}), "not a file"),
        (config(user={"token": "a\r\nX-Evil: 1"}), "not a line of text"),
    ],
)  # fmt: skip
def test_what_keeps_its_holder_out_is_a_miss(api, k8s: K8s, kubeconfig, why):
    with pytest.raises(Miss, match=why):
        k8s.can_login(kubeconfig)
    assert not any(call.startswith("whoami") for call in api.calls)


def test_localhost_is_the_same_place(k8s: K8s):
    assert k8s.can_login(config(cluster={"server": "https://localhost:6443/"})).user == "jane"


def test_a_pipe_is_not_waited_for(k8s: K8s):
    os.mkfifo(k8s.work / "pipe")
    with pytest.raises(Miss, match="not a file"):
        k8s.can_login("pipe")


def test_a_large_file_is_not_read(k8s: K8s):
    (k8s.work / "large").write_text("#" * (1 << 20) + "\n")
    with pytest.raises(Miss, match="larger than 1 MiB"):
        k8s.can_login("large")


def test_refused_credentials_are_a_miss_with_the_reason(api, k8s: K8s):
    api.user_info = Refused(401, "Unauthorized", "Unauthorized")
    certificate, key = pair(ended=True)
    user = {"client-certificate-data": encoded(certificate), "client-key-data": encoded(key)}
    with pytest.raises(Miss, match="certificate expired at"):
        k8s.can_login(config(user=user))
    with pytest.raises(Miss, match="does not accept its credentials"):
        k8s.can_login(config())


def test_lifetimes_in_seconds(k8s: K8s):
    certificate, key = pair(days=30)
    user = {"client-certificate-data": encoded(certificate), "client-key-data": encoded(key)}
    assert k8s.can_login(config(user=user)).lifetime == 30 * 86400
    claims = base64.urlsafe_b64encode(b'{"iat": 1000, "exp": 4600}').decode().rstrip("=")
    assert k8s.can_login(config(user={"token": f"x.{claims}.y"})).lifetime == 3600


def test_nobody_is_a_miss(api, k8s: K8s):
    api.user_info = {"username": "system:anonymous", "groups": ["system:unauthenticated"]}
    with pytest.raises(Miss, match="no credentials"):
        k8s.can_login(config(user={}))


def test_who_may_not_ask_is_logged_in_nevertheless(api, k8s: K8s):
    api.user_info = Refused(403, "Forbidden", 'selfsubjectreviews is forbidden: User "jane" cannot create resource')
    login = k8s.can_login(config(), user="jane")
    assert login.groups is None
    with pytest.raises(Broken, match="groups of jane are unknown"):
        login.can("get", "pods")
    with pytest.raises(Broken):
        k8s.can_login(config(), groups=["devs"])


def test_a_server_that_is_not_trusted_is_a_miss_while_the_grader_is_answered(api, k8s: K8s):
    api.user_info = NoTrust("certificate verify failed")
    with pytest.raises(Miss, match="does not trust the API server: certificate verify failed"):
        k8s.can_login(config())


def test_no_answer_is_broken(api, k8s: K8s):
    api.user_info = NoAnswer("timed out")
    with pytest.raises(NoAnswer):
        k8s.can_login(config())


def test_certificate_and_key_must_belong_together():
    certificate, key = pair()
    trust(Credentials("c", SERVER, insecure=True, certificate=certificate, key=key))
    for wrong in (pair()[1], "no key", None):
        with pytest.raises(KubeconfigFault):
            trust(Credentials("c", SERVER, insecure=True, certificate=certificate, key=wrong))
    with pytest.raises(KubeconfigFault, match="not a certificate"):
        trust(Credentials("c", SERVER, authority="nonsense"))


def test_secrets_are_not_in_a_representation():
    assert "secret" not in repr(Credentials("c", SERVER, token="secret"))


def test_a_document_of_other_types_is_no_kubeconfig():
    with pytest.raises(KubeconfigFault):
        parse("- a\n")
