"""Alembic's way to the tables of declaration."""

from services.declaration.tables import METADATA
from shared.db.migrations import run

run(METADATA)
