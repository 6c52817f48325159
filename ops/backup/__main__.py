"""``python -m ops.backup``; what it does stands in ``making``."""

import sys

from ops.backup.making import run
from ops.refusals import answer

if __name__ == "__main__":
    sys.exit(answer(run(sys.argv[1:])))
