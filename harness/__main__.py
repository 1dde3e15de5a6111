"""The `labs` command."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any, NoReturn


def main() -> None:
    """Run the command line and leave with its exit code.

    ``python -m harness`` puts the current folder on the path, where a foreign ``setup.py`` may lie;
    our own root goes first, so that ``import setup`` is ours.
    """
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    try:
        from harness.cli.running import run  # noqa: PLC0415  (late: not every command needs it)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    signal.signal(signal.SIGTERM, _leave)
    code = run()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what was done is done: a late Ctrl-C does not change the exit code
    sys.exit(code)


def _leave(number: int, _: Any) -> NoReturn:
    """Let go of what is under way, as on Ctrl-C, and say by the exit code that it was a signal."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
