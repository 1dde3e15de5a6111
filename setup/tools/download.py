"""Official downloads, which count only when their SHA-256 is the pinned one."""

import hashlib
import socket
import threading
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import urlopen

from setup.errors import LabsError
from setup.progress import Tell

REACH = 3.0  # seconds until a site counts as out of reach
CHUNK = 1 << 20


def reachable(url: str) -> bool:
    """Whether the site answers a TCP connection within ``REACH`` seconds, the look-up of its name included."""
    answered = threading.Event()
    attempt = threading.Thread(target=_connect, args=(urlsplit(url), answered), daemon=True)
    attempt.start()
    attempt.join(REACH)
    return answered.is_set()


def _connect(site: SplitResult, answered: threading.Event) -> None:
    with suppress(OSError):
        socket.create_connection((site.hostname or "", site.port or 443), timeout=REACH).close()
        answered.set()


def download(url: str, sha256: str, path: Path, tell: Tell) -> None:
    """Fetch ``url`` into ``path``; LabsError when the transfer breaks or the content is not what was pinned."""
    part = path.with_name(path.name + ".part")
    digest = hashlib.sha256()
    try:
        with urlopen(url, timeout=30) as answer, part.open("wb") as file:  # noqa: S310 - the address is ours
            total = int(answer.headers.get("Content-Length") or 0)
            done = 0
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                tell(f"downloading {path.name}: {done >> 20} of {total >> 20} MiB")
    except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
        part.unlink(missing_ok=True)
        raise LabsError(f"the download of {url} broke off: {error}", "try again, or install Go") from error
    if digest.hexdigest() != sha256:
        part.unlink(missing_ok=True)
        raise LabsError(
            f"{url} has SHA-256 {digest.hexdigest()}, not the pinned {sha256}; it was thrown away",
            "a proxy may have changed it; with Go installed the same binary is built instead",
        )
    part.chmod(0o755)
    part.replace(path)
