"""The project's figures: ``make bench`` prints medians, beside the raw alternative where there is one.

Times are wall-clock seconds of whole processes, measured around them; memory is resident, in MB.
"""

import sys

from tests.bench.figures import FIGURES
from tests.bench.measuring import Figure, Stage


def main(names: list[str]) -> int:
    """Print every figure, or those whose name is given; exit 1 when one is not reached."""
    figures: list[Figure] = []
    with Stage.open() as stage:
        for name, measure in FIGURES.items():
            if not names or name in names:
                for figure in measure(stage):
                    print(figure, flush=True)
                    figures.append(figure)
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
