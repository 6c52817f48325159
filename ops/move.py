"""``python -m ops.move``; what it does stands in ``ops.backup.moving``."""

import sys

from ops.backup.moving import run
from ops.refusals import answer

if __name__ == "__main__":
    sys.exit(answer(run(sys.argv[1:])))
