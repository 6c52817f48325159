"""Queries of the organisations that training knows."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.institutions.models import Institution
from shared.db.directory import keep_latest
from shared.reference.pinyin import search_text


async def keep(session: AsyncSession, *, name: str, **values: object) -> None:
    """Inserts or replaces the row, unless it already shows later news (``changed_at``)."""
    await keep_latest(session, Institution, name=name, name_search=search_text(name), **values)


async def add_unless_known(session: AsyncSession, *, name: str, **values: object) -> None:
    """Inserts the row; one that is there stays as it is."""
    added = insert(Institution).values(name=name, name_search=search_text(name), **values)
    await session.execute(added.on_conflict_do_nothing())


async def lock(session: AsyncSession, unit_id: UUID) -> None:
    """Holds the row until the transaction ends, without hindering rows that refer to it."""
    await session.execute(select(Institution.id).where(Institution.id == unit_id).with_for_update(key_share=True))
