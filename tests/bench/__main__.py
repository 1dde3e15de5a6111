"""The project's figures: ``make bench`` prints medians, beside the raw alternative where there is one.

Times are wall-clock seconds of whole processes, measured around them; memory is resident, in MB.
"""

import sys

from tests.bench.figures import FIGURES
from tests.bench.measuring import report

if __name__ == "__main__":
    sys.exit(report(FIGURES, sys.argv[1:]))
