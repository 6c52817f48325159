"""Alembic's way to the tables of training."""

from services.training.tables import METADATA
from shared.db.migrations import run

run(METADATA)
