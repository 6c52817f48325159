"""``python -m ops.restore``; what it does stands in ``ops.backup.restoring``."""

import sys

from ops.backup.restoring import run
from ops.refusals import answer

if __name__ == "__main__":
    sys.exit(answer(run(sys.argv[1:])))
