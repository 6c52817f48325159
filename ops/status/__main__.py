"""``python -m ops.status``; what it does stands in ``whole``."""

import sys

from ops.refusals import answer
from ops.status.whole import run

if __name__ == "__main__":
    sys.exit(answer(run(sys.argv[1:])))
