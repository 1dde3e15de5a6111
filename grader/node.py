"""A node's inside, through testinfra."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.text import clean


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
        if self._host is None:
            self._host = self._enter()
        return self._host

    def run(self, command: str, *arguments: str) -> Ran:
        """Run a command; each ``%s`` in it takes one argument, quoted for the shell."""
        ran = self.host.run(command, *arguments)
        return Ran(int(ran.rc), clean(ran.stdout, 100_000), clean(ran.stderr, 100_000))

    def read(self, path: str) -> str | None:
        """Return a file's text, or None if there is no such file."""
        file = self.host.file(path)
        return str(file.content_string) if file.is_file else None

    def runs(self, service: str) -> None:
        """The service is running; else an AssertionError."""
        assert self.host.service(service).is_running, f"{service} does not run on {self.name}"  # noqa: S101

    def starts(self, service: str) -> None:
        """The service starts by itself after a reboot; else an AssertionError."""
        assert self.host.service(service).is_enabled, f"{service} is not enabled on {self.name}"  # noqa: S101
