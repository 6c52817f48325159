"""Which pieces of lists of the old system a row names: those of an import that has its file."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select

from services.declaration.legacy.models import LegacyImport


def with_files(ids: Sequence[UUID]) -> Select[UUID]:
    """Those of the imports that keep their file."""
    return select(LegacyImport.id).where(LegacyImport.id.in_(ids), LegacyImport.file_kept)
