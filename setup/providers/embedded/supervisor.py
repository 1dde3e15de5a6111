"""Keeps one embedded sandbox running, as a process of its own with the arguments DIRECTORY PORT SOCKET-FD MAKER-FD.

It holds three things for as long as it lives: a lock that says the sandbox is running, the API server's port, and the
processes, which the kernel kills when it ends. The command that makes a sandbox holds the other end of a pipe and says
``made`` through it; if that command dies before, the half-made sandbox is taken down and removed.
"""

import fcntl
import json
import os
import select
import shutil
import signal
import socket
import ssl
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING

from setup.processes import Identity, spawn_child, write_identities
from setup.providers.embedded import components
from setup.providers.embedded.components import Component
from setup.providers.embedded.running import IDENTITIES, LOCK, READY

if TYPE_CHECKING:
    from setup.processes import Child

PAUSE = 0.02  # seconds between looks while starting
RESTART_AFTER = 1.0  # seconds before a component that stopped is started again


class Stopped(Exception):  # noqa: N818 - it reads as what happened
    """Somebody asked the supervisor to end."""


class Supervisor:
    """The components of one sandbox; ``binaries`` are paths by name, ``maker`` is our end of the maker's pipe."""

    def __init__(self, directory: Path, binaries: Mapping[str, str], port: int, maker: int) -> None:
        self.directory = directory
        self.binaries = binaries
        self.port = port
        self.maker = maker
        self.made = False
        self.running: dict[str, tuple[Component, Child]] = {}
        self.restart_at: dict[str, tuple[Component, float]] = {}

    def start(self) -> None:
        """Start etcd, the API server, and what talks to the API server once it answers."""
        (self.directory / READY).unlink(missing_ok=True)
        for left in self.directory.glob("*.sock"):
            left.unlink()
        self.spawn(components.etcd(self.directory, self.binaries))
        while not (self.directory / "etcd.sock").exists():
            self.watch(PAUSE)
        self.spawn(components.apiserver(self.directory, self.binaries, self.port))
        while not self.ready():
            self.watch(PAUSE)
        (self.directory / READY).touch()
        for make in (components.controller_manager, components.scheduler, components.kwok):
            self.spawn(make(self.directory, self.binaries))

    def spawn(self, component: Component) -> None:
        """Start one component and write down who runs."""
        log = self.directory / "logs" / f"{component.name}.log"
        process = spawn_child(component.command, log, self.directory, dict(component.environment))
        self.running[component.name] = (component, process)
        identities = {"supervisor": Identity.of(os.getpid())}
        for name, (_, each) in self.running.items():
            with suppress(ProcessLookupError):  # it ended already; the next look starts it again
                identities[name] = Identity.of(each.pid)
        write_identities(self.directory / IDENTITIES, identities)

    def watch(self, seconds: float) -> None:
        """Wait that long, hear what the maker says, and start again what has stopped; Stopped when the maker died."""
        heard, _, _ = select.select([] if self.made else [self.maker], [], [], seconds)
        if heard:
            self.made = os.read(self.maker, 4) == b"made"
            if not self.made:
                raise Stopped
        now = time.monotonic()
        for name, (component, process) in list(self.running.items()):
            if process.poll() is not None:
                print(f"{component.name} ended with {process.returncode}, starting it again", flush=True)  # noqa: T201 - its log
                del self.running[name]
                self.restart_at[name] = (component, now + RESTART_AFTER)
        for name, (component, at) in list(self.restart_at.items()):
            if at <= now:
                del self.restart_at[name]
                self.spawn(component)

    def ready(self) -> bool:
        """Ask the API server's /readyz with the grader's certificate, leaving out two hooks that sleep first.

        On a seeded data directory what those hooks make is already there (k8s.io/kubernetes pkg/registry/rbac/rest and
        pkg/registry/scheduling/rest: they wait one second before their first try).
        """
        pki = self.directory / "pki"
        context = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        context.load_cert_chain(pki / "grader.crt", pki / "grader.key")
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=5, context=context)
        left_out = "&".join(f"exclude={hook}" for hook in components.KUBERNETES_HOOKS)
        try:
            connection.request("GET", f"/readyz?{left_out}")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def end(self) -> None:
        """Kill everything: nothing in a sandbox is worth a slow goodbye."""
        for _, process in self.running.values():
            process.kill()
        for _, process in self.running.values():
            process.wait()


def take_lock(directory: Path) -> int:
    """Lock the sandbox for as long as this process lives; exit when another supervisor has it."""
    descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"{directory.name} is already running")
    return descriptor


def main(arguments: list[str]) -> None:
    """Run one sandbox until somebody stops it, or until its maker dies before it was made."""
    directory, port, held, maker = Path(arguments[0]), *(int(each) for each in arguments[1:])
    lock = take_lock(directory)
    port_holder = socket.socket(fileno=held)
    binaries = json.loads((directory / "binaries.json").read_text())
    supervisor = Supervisor(directory, binaries, port, maker)

    def stop(*_: object) -> None:
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    stopped = False
    try:
        supervisor.start()
        while True:
            supervisor.watch(1)
    except Stopped:
        stopped = True
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        supervisor.end()
        if stopped and not (directory / "sandbox.json").exists():  # never finished, or being removed
            shutil.rmtree(directory, ignore_errors=True)
        port_holder.close()
        os.close(lock)


if __name__ == "__main__":
    main(sys.argv[1:])
