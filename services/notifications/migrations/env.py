"""Alembic's way to the tables of notifications."""

from services.notifications.tables import METADATA
from shared.db.migrations import run

run(METADATA)
