"""Whom a login trusts, and the certificate that it shows itself."""

import ssl
import tempfile
from pathlib import Path

from grader.kubeconfigs import Credentials, KubeconfigFault


def trust(login: Credentials) -> ssl.SSLContext:
    """Return a TLS context that trusts exactly what the kubeconfig trusts; KubeconfigFault for bad certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if login.insecure:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        elif login.authority:
            context.load_verify_locations(cadata=login.authority)
        else:
            context.load_default_certs()
    except (ssl.SSLError, ValueError) as error:
        raise KubeconfigFault(f"the certificate authority is not a certificate: {error}") from None
    if login.certificate is None and login.key is None:
        return context
    if not login.certificate or not login.key:
        raise KubeconfigFault("a client certificate needs its key, and a key its certificate")
    # OpenSSL takes a client's pair from files only: in a folder of our own that is gone with the next line.
    with tempfile.TemporaryDirectory(prefix="labs-") as folder:
        pair = Path(folder, "certificate"), Path(folder, "key")
        for path, text in zip(pair, (login.certificate, login.key), strict=True):
            path.write_text(text)
        try:
            context.load_cert_chain(*pair, password="")
        except (ssl.SSLError, OSError, ValueError) as error:
            raise KubeconfigFault(f"the client certificate and its key do not work together: {error}") from None
    return context
