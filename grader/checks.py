"""The ``check`` decorator, and loading a lab's checks.py."""

import inspect
import itertools
import sys
import threading
import traceback
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import ChecksError
from grader.exits import guard
from grader.silence import CheckThread, silence

if TYPE_CHECKING:
    from grader.k8s import K8s

LOAD_SECONDS = 5.0
_numbers = itertools.count(1)
_COLLECTED = "__labs_checks__"


@dataclass(frozen=True)
class Check:
    """One sentence about the end state, and the function that judges it.

    ``after`` names the checks that must pass before; ``within`` is how many seconds it may be judged again.
    """

    name: str
    sentence: str
    points: int
    after: tuple[str, ...]
    within: float | None
    function: "Callable[[K8s], None]"

    def __call__(self, k8s: "K8s") -> None:
        """Judge once."""
        self.function(k8s)


def check(
    points: int, after: Check | Sequence[Check] | None = None, within: float | None = None
) -> "Callable[[Callable[[K8s], None]], Check]":
    """Make a function of one parameter, ``k8s``, a check; its docstring is the sentence that the candidate reads.

    ``points`` is at least 1. ``after``: checks without which this one makes no sense. ``within``: seconds in which it
    is judged again until it passes, for what a controller does in its own time. Raises ChecksError for misuse.
    """

    def decorate(function: "Callable[[K8s], None]") -> Check:
        name = function.__name__
        before = (after,) if isinstance(after, Check) else tuple(after or ())
        collected: list[Check] = function.__globals__.setdefault(_COLLECTED, [])
        if type(points) is not int or points < 1:
            raise ChecksError(f"{name} is worth {points!r} points", "give it a whole number, at least 1")
        if within is not None and (type(within) not in (int, float) or within <= 0):
            raise ChecksError(f"{name} has within={within!r}", "give seconds, more than 0")
        if not (function.__doc__ or "").strip():
            raise ChecksError(f"{name} has no docstring", "write the sentence that the candidate reads")
        if list(inspect.signature(function).parameters) != ["k8s"]:
            raise ChecksError(f"{name} does not take k8s alone", f"write def {name}(k8s: K8s) -> None")
        if any(known.name == name for known in collected):
            raise ChecksError(f"{name} is defined twice", "give each check a name of its own")
        if strange := [item for item in before if not any(known is item for known in collected)]:
            raise ChecksError(f"{name} comes after {strange[0]!r}", "name checks that stand above it in this file")
        sentence = " ".join(inspect.cleandoc(function.__doc__ or "").split("\n\n")[0].split())
        made = Check(name, sentence, points, tuple(item.name for item in before), within, function)
        collected.append(made)
        return made

    return decorate


def load_checks(path: Path) -> tuple[Check, ...]:
    """Run a checks.py under a module name of its own and return its checks in order.

    Writes no bytecode, leaves ``sys.path`` alone, lets nothing be printed. Raises ChecksError, with file and line, for
    a file that cannot be read or parsed, raises, takes longer than 5 s, or holds no checks.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ChecksError(f"{path} cannot be read: {error.strerror}") from None
    module = types.ModuleType(f"labs_checks_{next(_numbers)}")
    module.__file__ = str(path)
    fault: list[ChecksError] = []
    done = threading.Event()

    def run() -> None:
        try:
            exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - the lab's own code
        except BaseException as error:  # SystemExit too: whatever a file does when it is run, it is this file's mistake
            fault.append(_place(path, error))
        done.set()

    guard()
    sys.modules[module.__name__] = module  # dataclasses and typing look their module up by name
    with silence():
        CheckThread(target=run, name=module.__name__).start()
        finished = done.wait(LOAD_SECONDS)
    if not finished:
        raise ChecksError(f"{path} takes longer than {LOAD_SECONDS:g} s to load", "let only checks do work")
    if fault:
        raise fault[0]
    checks = tuple(module.__dict__.get(_COLLECTED, ()))
    if not checks:
        raise ChecksError(f"{path} holds no checks", "write a function under @check(points=1)")
    return checks


def _place(path: Path, error: BaseException) -> ChecksError:
    """Name the line of checks.py that the mistake comes from."""
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == str(path):
            line = number
    where = f"{path}:{line}" if line else str(path)
    if isinstance(error, ChecksError):
        return ChecksError(f"{where}: {error.what}", error.fix)
    what = error.msg if isinstance(error, SyntaxError) else str(error)
    return ChecksError(f"{where}: {type(error).__name__}: {what}".rstrip(": "))
