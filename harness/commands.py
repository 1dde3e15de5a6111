"""Running other programs: argument lists only, always with an environment and a deadline."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code and what it wrote to both streams, in order."""

    code: int
    output: str


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, deadline: float) -> Outcome:
    """Run ``command`` without a terminal; LabsError if it is not there or not done after ``deadline`` seconds.

    It gets a process group of its own, so that what it started in the background ends with it.
    """
    try:
        process = subprocess.Popen(
            list(command), env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise LabsError(f"{command[0]} is not installed", f"Install {command[0]} and try again.") from error
    with process:
        try:
            output, _ = process.communicate(timeout=deadline)
        except subprocess.TimeoutExpired as error:
            raise LabsError(f"{command[0]} did not end within {deadline:g} s", "Look at what it waits for.") from error
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    return Outcome(process.returncode, output)


def attend(command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> int:
    """Hand the terminal to ``command`` until it ends; its exit code. Ctrl-C is the command's while it runs."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen(list(command), env=dict(env), cwd=cwd, preexec_fn=_listen)  # noqa: PLW1509  (no thread runs yet)
        return process.wait()
    except FileNotFoundError as error:
        raise LabsError(f"{command[0]} is not installed", "Set SHELL to a shell that is.") from error
    finally:
        signal.signal(signal.SIGINT, before)


def _listen() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def output(command: Sequence[str]) -> str:
    """What a command prints; it reads nothing. What it says on stderr is the user's to see."""
    nothing, kept = subprocess.DEVNULL, subprocess.PIPE
    done = subprocess.run(command, stdin=nothing, stdout=kept, check=False, text=True, errors="replace")
    return done.stdout


def pipe(first: Sequence[str], second: Sequence[str]) -> tuple[int, int]:
    """Run ``first | second``; both exit codes."""
    with (
        subprocess.Popen(first, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as giving,
        subprocess.Popen(second, stdin=giving.stdout, stdout=subprocess.DEVNULL) as taking,
    ):
        if giving.stdout is not None:
            giving.stdout.close()  # so that `first` learns when `second` is gone
        return giving.wait(), taking.wait()
