"""Keeping a lab's checks from ending the process that judges them: a grade must come, and say what was wrong."""

import os
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from grader.silence import CheckThread

_NAMES = ("_exit", "abort")


def guard() -> None:
    """From now on ``os._exit`` and ``os.abort`` raise SystemExit in the threads that run an author's code."""
    for name in _NAMES:
        real = getattr(os, name)
        if not hasattr(real, "guarded"):
            setattr(os, name, _guarded(real, name))


def _guarded(real: Callable[..., NoReturn], name: str) -> Callable[..., NoReturn]:
    def instead(*arguments: Any) -> NoReturn:
        if isinstance(threading.current_thread(), CheckThread):
            raise SystemExit(f"os.{name} was called: a check must not end the grader")
        real(*arguments)

    instead.guarded = True  # type: ignore[attr-defined]
    return instead
