"""A real Chromium without a window, told what to do over its DevTools protocol."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import websocket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = "this test needs Chromium: `apt-get install chromium`, or any of " + ", ".join(NAMES) + " in PATH"
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--remote-debugging-port=0", "--remote-allow-origins=*",
)  # fmt: skip
PATIENCE = 90.0  # seconds: the machine may be busy


class Page:
    """One page: what it says on the console, and what scripts of ours find in it."""

    def __init__(self, url: str) -> None:
        self.socket = websocket.create_connection(url, timeout=PATIENCE)
        self.number = 0
        self.console: list[str] = []

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; what the page reports meanwhile is kept."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            heard = json.loads(self.socket.recv())
            if heard.get("id") == self.number:
                assert "error" not in heard, heard
                return heard["result"]
            if heard.get("method") in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
                self.console.append(json.dumps(heard["params"])[:500])

    def open(self, file: Path) -> None:
        """Load a file and wait until it is shown."""
        for domain in ("Page", "Log", "Runtime"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=file.as_uri())
        deadline = time.monotonic() + PATIENCE
        while self.run("document.readyState + location.href") != f"complete{file.as_uri()}":
            assert time.monotonic() < deadline, "the page does not load"
            time.sleep(0.05)

    def show(self, *, width: int, dark: bool, media: str = "screen") -> None:
        """Look at the page as a screen of that width does, or a printer."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def run(self, script: str) -> Any:
        """The value of a script."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A page of a Chromium whose profile is in ``folder``."""
    program = next((path for path in map(shutil.which, NAMES) if path), None)
    assert program, MISSING
    log = folder / "chromium.log"
    with log.open("wb") as output:
        command = [program, *OPTIONS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={"HOME": str(folder), "PATH": "/usr/bin:/bin"}
        )
    try:
        port = _port(folder / "profile" / "DevToolsActivePort", process, log)
        with urlopen(
            Request(f"http://127.0.0.1:{port}/json/new?about:blank", method="PUT"), timeout=PATIENCE
        ) as answer:
            page = Page(json.load(answer)["webSocketDebuggerUrl"])
        yield page
        page.socket.close()
    finally:
        process.terminate()
        process.wait(timeout=30)


def _port(file: Path, process: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if file.is_file() and (lines := file.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.05)
    raise AssertionError(f"Chromium does not start: {log.read_text(errors='replace')[-1000:]}")
