"""Alembic's way to the tables of auth."""

from services.auth.tables import METADATA
from shared.db.migrations import run

run(METADATA)
