"""Brings every database to the newest schema, and sees whether the keys of its rows are there: ``python -m ops.migrate``. The next
migration is written by ``ops.revision``.
"""

from alembic import command

from ops.key_check import refuse_missing_keys
from shared.db.migrations import config_for
from shared.services import Service


def migrate(service: Service, url: str | None = None) -> None:
    """Upgrades one database to the head of its history."""
    command.upgrade(config_for(service, url), "head")


if __name__ == "__main__":
    for each in Service:
        migrate(each)
        refuse_missing_keys(each)
