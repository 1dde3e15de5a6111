"""Certificates that TLS libraries and the API server take."""

import ssl

import yaml
from cryptography import x509

from setup.kubeconfig import write_kubeconfig
from setup.providers.embedded.pki import Authority, write_pair


def test_a_client_certificate_carries_user_and_group():
    cert = x509.load_pem_x509_certificate(Authority.make("kubernetes").client("ana", "dev").cert)
    assert cert.subject.rfc4514_string() == "CN=ana,O=dev"
    assert cert.issuer.rfc4514_string() == "CN=kubernetes"


def test_a_serving_certificate_is_verified_strictly(tmp_path):
    authority = Authority.make("kubernetes")
    write_pair(tmp_path, "ca", authority.pem)
    write_pair(tmp_path, "server", authority.server("cka-control-plane", ("127.0.0.1",)))
    client = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    pipes = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(*pipes, server_hostname="127.0.0.1"),
        server.wrap_bio(pipes[1], pipes[0], server_side=True),
    )
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert ends[0].getpeercert()["subject"] == ((("commonName", "cka-control-plane"),),)


def test_kubeconfigs_are_private_and_hold_or_name_the_certificates(tmp_path):
    authority = Authority.make("kubernetes")
    write_pair(tmp_path, "ca", authority.pem)
    write_pair(tmp_path, "ana", authority.client("ana"))
    for inline, key in ((True, "client-key-data"), (False, "client-key")):
        path = tmp_path / "ana.kubeconfig"
        write_kubeconfig(path, "https://127.0.0.1:1", tmp_path / "ca.crt", "ana", tmp_path / "ana.crt", inline=inline)
        assert path.stat().st_mode & 0o777 == 0o600
        assert key in yaml.safe_load(path.read_text())["users"][0]["user"]
