"""Runs other programs for setup: argument lists, a deadline always, no terminal."""

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from setup.errors import LabsError
from setup.processes import die_with_parent

SHOWN = 600  # characters of a failed command's last words


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code, its standard output as bytes, what it said on standard error."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text, without the last line's end."""
        return self.out.decode(errors="replace").strip()


def run(
    command: Sequence[str],
    *,
    deadline: float,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Outcome:
    """Run a command to its end; it dies with us, also when we are killed.

    ``deadline`` is in seconds; ``env`` is added to our environment. LabsError when the command is not installed or
    not done in time; an exit code that is not 0 is the caller's to judge.
    """
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - it only calls prctl
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise LabsError(f"{command[0]} is not installed", f"install {Path(command[0]).name}") from error
    with process:
        try:
            out, err = process.communicate(stdin, timeout=deadline)
        except BaseException as error:
            _kill_group(process.pid)
            process.communicate()
            if isinstance(error, subprocess.TimeoutExpired):
                raise LabsError(f"{_named(command)} was not done within {deadline:g} s") from error
            raise
    return Outcome(process.returncode, out, err.decode(errors="replace").strip())


def check(
    command: Sequence[str],
    *,
    deadline: float,
    fix: str = "",
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Outcome:
    """Run a command that has to succeed; LabsError with its last words when it does not."""
    done = run(command, deadline=deadline, stdin=stdin, env=env, cwd=cwd)
    if done.code:
        words = (done.err or done.text)[-SHOWN:] or "it said nothing"
        raise LabsError(f"{_named(command)} ended with {done.code}: {words}", fix)
    return done


def follow(command: Sequence[str], tell: Callable[[str], None], *, env: Mapping[str, str]) -> tuple[int, str]:
    """Run a command and tell each line of its output; returns its exit code and all that it said."""
    lines: list[str] = []
    process = subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, **env},
        preexec_fn=die_with_parent,  # noqa: PLW1509 - it only calls prctl
        start_new_session=True,
    )
    with process:
        try:
            for line in process.stdout or ():
                lines.append(line)
                tell(line.rstrip())
        except BaseException:
            _kill_group(process.pid)
            raise
    return process.returncode, "".join(lines)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _named(command: Sequence[str]) -> str:
    words = [Path(command[0]).name, *command[1:]]
    return shlex.join(words[:4]) + (" …" if len(words) > 4 else "")
