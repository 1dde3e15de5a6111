"""Waits for the maker of a cluster: ``python -m setup.providers.kind.undertaker FOLDER PROGRAM LOCK-FD MAKER-FD``.

It holds the lock on the cluster's folder together with its maker. The maker says ``made`` through a pipe at the end; if
it dies before, also by ``kill -9``, everything that it had made is removed, and only then is the lock let go.
"""

import os
import sys
import time
from pathlib import Path

from setup.errors import LabsError
from setup.providers.kind.cluster import forget
from setup.providers.kind.leftovers import remove_containers
from setup.providers.kind.runtime import Runtime

CALM = 3  # looks in a row that find nothing: what kind asked for just before it died may still be on its way
PAUSE = 0.5  # seconds between two looks
LOOKS = 60


def bury(runtime: Runtime, directory: Path) -> None:
    """Remove all containers of a cluster until none comes any more."""
    calm = 0
    for _ in range(LOOKS):
        try:
            found = remove_containers(runtime, directory)
        except LabsError as error:
            print(f"{error.what}", flush=True)  # noqa: T201 - its log
            found = True
        calm = 0 if found else calm + 1
        if calm == CALM:
            return
        time.sleep(PAUSE)


def main(arguments: list[str]) -> None:
    """Wait for the maker's last word."""
    directory, program, _, maker = Path(arguments[0]), arguments[1], int(arguments[2]), int(arguments[3])
    heard = os.read(maker, 4)
    if heard != b"made":
        bury(Runtime(program), directory)
        forget(directory)


if __name__ == "__main__":
    main(sys.argv[1:])
