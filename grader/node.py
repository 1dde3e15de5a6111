"""A node's inside, through testinfra: works with the API server down."""

import json
import re
import shlex
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.errors import Broken, Miss
from grader.text import clean

SECONDS = 8
"""How long one command on a node may take, unless told otherwise."""
_TIME_OVER = 124  # what `timeout` ends with
# What docker and podman say, with exit code 1, 125 or 126, when they cannot enter.
_NO_ENTRY = re.compile(
    r"Error response from daemon|Cannot connect to the Docker daemon|no such container|can only create exec sessions"
    r"|container .* is not running|OCI runtime exec failed|command not found: (docker|podman)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Ran:
    """A command that ended: exit code, and its cleaned output and errors."""

    code: int
    output: str
    errors: str


class Node:
    """One node, entered by a testinfra backend; a node that cannot be entered makes the check broken."""

    def __init__(self, name: str, enter: Callable[[], Any]) -> None:
        self.name = name
        self._enter = enter
        self._host: Any = None
        self._entering = threading.Lock()

    @classmethod
    def connect(cls, name: str, backend: str) -> "Node":
        """Enter by a testinfra host specification, such as ``docker://labs-worker``. Nothing runs yet."""

        def enter() -> Any:
            import testinfra

            return testinfra.get_host(backend)

        return cls(name, enter)

    @property
    def host(self) -> Any:
        """The testinfra host: its nouns (file, service, process, socket, ...) are asked directly."""
        with self._entering:
            if self._host is None:
                self._host = self._enter()
            return self._host

    def run(self, command: str, *arguments: str, seconds: float = SECONDS) -> Ran:
        """Run a shell command as root; each ``%s`` in it takes one argument, quoted for the shell.

        Broken when the node cannot be entered, or the command takes longer than ``seconds``.
        """
        line = command % tuple(shlex.quote(each) for each in arguments) if arguments else command
        ran = self.host.run(f"timeout -k 1 {seconds:g} sh -c {shlex.quote(line)}")
        done = Ran(int(ran.rc), clean(ran.stdout, 100_000), clean(ran.stderr, 100_000))
        if done.code and _NO_ENTRY.search(done.errors):
            raise Broken(f"node {self.name} cannot be entered: {done.errors[:300]}")
        if done.code == _TIME_OVER:
            raise Broken(f"on {self.name}, `{clean(line, 80)}` did not end within {seconds:g} s")
        return done

    def read(self, path: str) -> str | None:
        """Return a file's text, or None if there is no such file."""
        ran = self.run("test -f %s && cat -- %s", path, path)
        return ran.output if ran.code == 0 else None

    def runs(self, service: str) -> None:
        """The systemd unit is active; else a miss."""
        state = self.run("systemctl is-active -- %s", service).output.strip() or "unknown"
        if state != "active":
            raise Miss(f"{service} does not run on {self.name}: it is {state}")

    def starts(self, service: str) -> None:
        """The systemd unit starts by itself after a reboot; else a miss."""
        state = self.run("systemctl is-enabled -- %s", service).output.strip() or "unknown"
        if state not in ("enabled", "enabled-runtime", "static", "alias", "indirect"):
            raise Miss(f"{service} is not enabled on {self.name}: it is {state}")

    def restart(self, service: str) -> None:
        """Restart a systemd unit and see it active two seconds later; else a miss."""
        done = self.run("systemctl restart -- %s", service)
        if done.code:
            raise Miss(f"{service} does not start on {self.name}: {clean(done.errors, 300)}")
        time.sleep(2)
        self.runs(service)

    def containers(self, name: str | None = None) -> list[dict[str, Any]]:
        """The running containers as crictl tells them, of this container name or all; Broken if the runtime is dead."""
        ran = self.run("crictl --timeout 4s ps -o json")
        try:
            found = json.loads(ran.output)["containers"] or []
        except (ValueError, KeyError, TypeError):
            raise Broken(f"crictl gives no answer on {self.name}: {clean(ran.errors, 300)}") from None
        return [each for each in found if name in (None, (each.get("metadata") or {}).get("name"))]

    def fetch(self, url: str, *, seconds: float = 3) -> str | None:
        """What the node itself is answered at this URL (certificates are not checked), or None if not with 2xx."""
        ran = self.run("curl -gksf --noproxy '*' --max-time %s %s", f"{seconds:g}", url, seconds=seconds + 2)
        if ran.code == 127:
            raise Broken(f"there is no curl on {self.name}")
        return ran.output if ran.code == 0 else None

    def certificate(self, port: int, address: str = "127.0.0.1") -> str | None:
        """The certificate (PEM) that a TLS server shows when asked from the node; None if it shows none."""
        ran = self.run("openssl s_client -connect %s </dev/null 2>/dev/null | openssl x509", f"{address}:{port}")
        return ran.output if ran.code == 0 else None

    def snapshot(self, path: str, key: str) -> str:
        """What an etcd snapshot on this node holds under ``key``, printable text, found out in a scratch etcd.

        A miss if the file is missing, empty or no whole snapshot. See ``snapshots``.
        """
        from grader.snapshots import value_in_snapshot

        return value_in_snapshot(self, path, key)

    def api_answers(self) -> None:
        """On this control plane node the API server answers that it is ready; else a miss."""
        if (self.fetch("https://127.0.0.1:6443/readyz") or "").strip() == "ok":
            return
        dead = [name for name in ("etcd", "kube-apiserver") if not self.containers(name)]
        why = f"no container of {' and '.join(dead)} runs on {self.name}" if dead else f"asked on {self.name}"
        raise Miss(f"the API server is not ready ({why})", "kubectl get --raw /readyz")
