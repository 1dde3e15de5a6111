"""A stage with state of its own, a clock around whole processes, and figures."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from platformdirs import user_cache_path

from setup.tools import cache as tools
from setup.tools.build import build, find_go
from setup.tools.pins import KWOK, Module

KWOKCTL = Module("kwok", KWOK, (("kwokctl", "sigs.k8s.io/kwok/cmd/kwokctl"),), 30)


@dataclass(frozen=True)
class Figure:
    """One line of the result: what was measured, the samples, and what is to be reached."""

    name: str
    samples: tuple[float, ...]
    most: float | None = None
    least: float | None = None
    unit: str = "s"
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def reached(self) -> bool:
        return (self.most is None or self.median <= self.most) and (self.least is None or self.median >= self.least)

    def __str__(self) -> str:
        wanted = f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}" if self.least is not None else ""
        mark = {True: "ok", False: "MISSED"}[self.reached] if wanted else ""
        spread = f"{min(self.samples):.2f}–{max(self.samples):.2f}, n={len(self.samples)}"
        return f"{self.name:<52} {self.median:8.2f} {self.unit:<3} ({spread})  {wanted:<8} {mark} {self.note}".rstrip()


@dataclass(frozen=True)
class Stage:
    """A state folder that only the benchmark uses; the cache is the user's."""

    root: Path
    cache: Path
    kept: dict[str, Any] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(cls) -> Iterator["Stage"]:
        """Make the stage and clear it away, with every sandbox on it."""
        stage = cls(Path(mkdtemp(prefix="labs-bench-")), user_cache_path("cka-labs"))
        try:
            yield stage
        finally:
            stage.labs("stop", "--all")
            shutil.rmtree(stage.root, ignore_errors=True)

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of every command on the stage."""
        return {
            **os.environ,
            "XDG_STATE_HOME": str(self.root / "state"),
            "KWOK_WORKDIR": str(self.root / "kwok"),
            "LABS_PATH": str(Path(__file__).parent),  # for its exams
        }

    def labs(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``labs`` as a user does."""
        return self.run([str(Path(sys.executable).with_name("labs")), *arguments])

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command on the stage; whatever it says is kept."""
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )

    def timed(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> tuple[float, dict[str, Any]]:
        """Run ``labs … --json``; returns the seconds of the whole process and what it printed."""
        began = time.perf_counter()
        done = self.labs(*arguments, "--json")
        seconds = time.perf_counter() - began
        if done.returncode not in codes:
            raise RuntimeError(f"labs {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
        return seconds, json.loads(done.stdout)

    def kwokctl(self) -> list[str]:
        """The command that makes kwokctl's cluster of the same binaries, with the same admission and authorization."""
        paths = dict(tools.ensure(self.cache, print))
        directory = self.cache / "tools" / "kwokctl" / KWOK
        if not (directory / "kwokctl").exists():
            directory.mkdir(parents=True, exist_ok=True)
            go = find_go()
            if go is None:
                raise RuntimeError("kwokctl, the alternative to measure against, is built with Go: install it")
            build(go, KWOKCTL, directory, print)
        binaries = {f"--{name}-binary": paths[name] for name in paths if name.startswith(("kube-", "etcd"))}
        binaries["--kwok-controller-binary"] = paths["kwok"]
        given = [f"{flag}={path}" for flag, path in binaries.items()]
        return [
            str(directory / "kwokctl"),
            "--name=bench",
            "create",
            "cluster",
            "--runtime=binary",
            "--wait=60s",
            *given,
        ]


def report(
    figures: Mapping[str, Callable[[Stage], Iterator[Figure]]],
    names: Sequence[str],
    afterwards: Callable[[Stage], object] = lambda _: None,
) -> int:
    """Print every figure, or those whose name is given; the exit code: 1 when one is not reached.

    ``afterwards`` is called after each name's figures.
    """
    found: list[Figure] = []
    with Stage.open() as stage:
        for name, measure in figures.items():
            if not names or name in names:
                for figure in measure(stage):
                    print(figure, flush=True)
                    found.append(figure)
                afterwards(stage)
    return 0 if all(figure.reached for figure in found) else 1
