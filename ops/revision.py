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


def revision(service: Service, message: str) -> None:
    """Numbered in a line: 0001, 0002 …"""
    count = len(list((ROOT / "services" / service / "migrations" / "versions").glob("*.py")))
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder), durable=False) as servers:
        os.environ.update(child_environment(servers, port=1))
        servers.create_database(service)
        url = servers.database_url(service)
        migrate(service, url)
        command.revision(config_for(service, url), message, autogenerate=True, rev_id=f"{count + 1:04}")


if __name__ == "__main__":
    revision(Service(sys.argv[1]), sys.argv[2])
