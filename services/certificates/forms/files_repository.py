"""Which files of forms a row names: one whose print was lost is named by none."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.forms.models import FormDocument
from shared.tasks.strays import Keys


async def named_forms(session: AsyncSession, keys: Keys) -> set[str]:
    """A printed form, and what is put down for one that is still to be printed."""
    of = {UUID(match["id"]) for match in keys.values()}
    found = select(FormDocument.id, FormDocument.storage_key, FormDocument.done_at).where(FormDocument.id.in_(of))
    rows = {row.id: row for row in await session.execute(found)}
    return {
        key
        for key, match in keys.items()
        if (row := rows.get(UUID(match["id"]))) and (row.storage_key == key or row.done_at is None)
    }
