"""``python -m ops.up.migrating``: this tree's migrations beneath an embedded platform that goes on serving (``VAR_DIR``), as an update of
compose does it; the platform itself looks at its schema only when it starts.
"""

import os
import sys
from pathlib import Path

from sqlalchemy import make_url

from ops.migrate import run
from ops.refusals import answer
from ops.up.running import environment_of


def main() -> int:
    """Raises SystemExit when nothing runs there."""
    given = environment_of(Path(os.environ.get("VAR_DIR", "var")).resolve())
    if not given:
        sys.exit("此目录中没有正在运行的平台 · no platform runs in this folder")
    admin = make_url(given["POSTGRES_ADMIN_URL"]).set(drivername="postgresql+psycopg", database="{service}")
    os.environ.update(
        given, PLATFORM_DATABASE_URL=admin.render_as_string(hide_password=False).replace("%7Bservice%7D", "{service}")
    )
    return answer(run([]))


if __name__ == "__main__":
    sys.exit(main())
