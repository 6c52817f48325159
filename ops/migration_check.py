"""``python -m ops.migration_check``: that the migrations to come can run while the release before them serves (PLAT-10): none locks a table
for as long as it is read through, none takes away or demands what that release does not know. Each is written as SQL and read by Squawk.

What is right all the same is said by the migration itself, as ``serves_on = {"ban-drop-column": "read by no release since 1.4"}``.
"""

import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from alembic import command
from alembic.script import Script, ScriptDirectory

from shared.db.migrations import config_for
from shared.services import Service

# Where each history stood when this began to be asked; what came before ran on platforms that stood still.
BEGINS_AFTER: Mapping[Service, str] = {
    Service.AUTH: "0015",
    Service.TRAINING: "0027",
    Service.CERTIFICATES: "0015",
    Service.DECLARATION: "0017",
    Service.NOTIFICATIONS: "0015",
}
# Matters of taste, and what ``shared.db.migrations.run`` sees to for all.
_NOT_ASKED = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamptz",
    "require-lock-timeout",
    "require-statement-timeout",
)
_SQUAWK = Path(sys.executable).parent / "squawk"


def coming(service: Service) -> Iterator[Script]:
    """The migrations of a service that are asked, the oldest first."""
    script = ScriptDirectory.from_config(config_for(service, "unused"))
    yield from reversed(list(script.iterate_revisions("heads", BEGINS_AFTER[service])))


def as_sql(service: Service, revision: Script) -> str:
    """What it does to a database, without one."""
    config = config_for(service, "unused")
    config.output_buffer = written = io.StringIO()
    command.upgrade(config, f"{revision.down_revision}:{revision.revision}", sql=True)
    return written.getvalue()


def refusals(name: str, sql: str, allowed: Mapping[str, str], folder: Path) -> str:
    """What Squawk says of one migration, a finding a line; empty when there is nothing."""
    path = folder / f"{name}.sql"
    path.write_text(sql)
    asked = ("--reporter", "gcc", "--pg-version", "17", "--exclude", ",".join([*_NOT_ASKED, *allowed]))
    said = subprocess.run([_SQUAWK, *asked, path.name], cwd=folder, capture_output=True, text=True, check=False)
    return said.stdout.strip() or (said.stderr.strip() if said.returncode else "")


def main() -> int:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for service in Service:
            for revision in coming(service):
                allowed = getattr(revision.module, "serves_on", {})
                name = f"{service}-{revision.revision}"
                found.append(refusals(name, as_sql(service, revision), allowed, Path(folder)))
    print("\n".join(filter(None, found)))
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
