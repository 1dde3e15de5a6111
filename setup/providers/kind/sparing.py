"""Clears away and prepares in the background: ``python -m setup.providers.kind.sparing STATE CACHE [SHAPE]``."""

import sys
from pathlib import Path

from setup.errors import LabsError
from setup.processes import spawn_detached
from setup.providers.kind import leftovers
from setup.providers.kind.making import Place, make
from setup.providers.kind.runtime import find
from setup.tools import cache as tools
from setup.tools.pins import KIND_MODULE


def begin(state: Path, cache: Path, shape: str = "") -> None:
    """Start the background process; what it says goes to a log beside the sandboxes."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    words = (str(state), str(cache), *((shape,) if shape else ()))
    spawn_detached("setup.providers.kind.sparing", words, Path("/dev/null"), ())


def main(arguments: list[str]) -> int:
    """Remove what nobody needs; then make one spare of SHAPE, where there is none."""
    state, cache, shape = Path(arguments[0]), Path(arguments[1]), (*arguments[2:], "")[0]
    runtime, _ = find()
    if runtime is None:
        return 1
    leftovers.sweep_clusters(runtime, state)
    if not shape or any(spare.shape == shape for spare in leftovers.spares(state)):
        return 0
    if leftovers.being_made(state, shape):
        return 0
    kind = tools.directory_of(cache, KIND_MODULE) / "kind"
    try:
        make(Place(state, cache, runtime, kind), shape, lambda _: None, lambda _: None, spare=True)
    except LabsError:
        return 1  # the next start makes its own cluster and says why it cannot
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
