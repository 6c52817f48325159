"""Brings every database to the newest schema: ``python -m ops.migrate``. The next migration is written by ``ops.revision``."""

from alembic import command

from shared.db.migrations import config_for
from shared.services import Service


def migrate(service: Service, url: str | None = None) -> None:
    """Upgrades one database to the head of its history."""
    command.upgrade(config_for(service, url), "head")


if __name__ == "__main__":
    for each in Service:
        migrate(each)
