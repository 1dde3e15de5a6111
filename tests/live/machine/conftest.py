"""The machine of the tests' own, and how a step is taken on it."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.paths import cache
from tests.live.machine.guest import Guest, Off

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

Step = Callable[..., str]


@pytest.fixture
def guest(tmp_path) -> Guest:
    return Guest.make(tmp_path)


@pytest.fixture
def step(guest) -> Step:
    """Starts the machine, takes one step, turns the machine off; returns what the step printed."""

    def take(program: str, name: str, off: Off = "orderly") -> str:
        done = guest.boot(
            "env", f"--chdir={ROOT}", f"XDG_CACHE_HOME={cache().parent}", f"LABS_PATH={HERE}",
            sys.executable, "-m", f"tests.live.machine.{program}", name,
            off=off,
        )  # fmt: skip
        if done.code != 0:
            pytest.fail(f"{name} ended with {done.code}:\n{done.output}\n{done.console}")
        return done.output

    return take
