"""``python -m ops.revision training "why"``: writes the next migration of one service from its models, against scratch servers that need
not run. Read what it wrote before you commit it.
"""

import os
import sys
import tempfile
from pathlib import Path

from alembic import command

from ops.migrate import migrate
from ops.up.environment import child_environment
from ops.up.servers import embedded_servers
from shared.db.migrations import ROOT, config_for
from shared.services import Service


def next_number(versions: Path) -> int:
    """Behind the highest: of those between, some are left out."""
    return max((int(each.name[:4]) for each in versions.glob("[0-9][0-9][0-9][0-9]_*.py")), default=0) + 1


def revision(service: Service, message: str) -> None:
    """Numbered in a line: 0001, 0002 …"""
    number = next_number(ROOT / "services" / service / "migrations" / "versions")
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder), durable=False) as servers:
        os.environ.update(child_environment(servers, port=1))
        servers.create_database(service)
        url = servers.database_url(service)
        migrate(service, url)
        command.revision(config_for(service, url), message, autogenerate=True, rev_id=f"{number:04}")


if __name__ == "__main__":
    revision(Service(sys.argv[1]), sys.argv[2])
