"""Alembic's way to the tables of certificates."""

from services.certificates.tables import METADATA
from shared.db.migrations import run

run(METADATA)
