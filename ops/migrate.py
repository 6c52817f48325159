"""Brings every database to the newest schema: ``python -m ops.migrate``. ``python -m ops.migrate revision training "why"`` writes the
next migration of one service from its models, against scratch servers that need not run.
"""

import os
import sys
import tempfile
from pathlib import Path

from alembic import command

from ops.up.environment import child_environment
from ops.up.servers import embedded_servers
from shared.db.migrations import ROOT, config_for
from shared.services import Service


def migrate(service: Service, url: str | None = None) -> None:
    """Upgrades one database to the head of its history."""
    command.upgrade(config_for(service, url), "head")


def revision(service: Service, message: str) -> None:
    """Writes the next migration of ``service``, numbered in a line: 0001, 0002 …"""
    count = len(list((ROOT / "services" / service / "migrations" / "versions").glob("*.py")))
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder), durable=False) as servers:
        os.environ.update(child_environment(servers, port=1))
        servers.create_database(service)
        url = servers.database_url(service)
        migrate(service, url)
        command.revision(config_for(service, url), message, autogenerate=True, rev_id=f"{count + 1:04}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["revision"]:
        revision(Service(sys.argv[2]), sys.argv[3])
    else:
        for each in Service:
            migrate(each)
