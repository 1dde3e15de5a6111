"""The `labs` command."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Run the command line and leave with its exit code.

    ``python -m harness`` puts the current folder on the path, where a foreign ``setup.py`` may lie;
    our own root goes first, so that ``import setup`` is ours.
    """
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from harness.cli.running import run  # noqa: PLC0415  (late: not every command needs it)

    sys.exit(run())


if __name__ == "__main__":
    main()
