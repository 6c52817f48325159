"""Queries of the organisations that training knows."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.institutions.models import Institution
from shared.db.directory import keep_latest
from shared.reference.pinyin import search_text


async def keep(session: AsyncSession, **values: Any) -> None:
    """Inserts or replaces the row, unless it already shows later news (``changed_at``)."""
    await keep_latest(session, Institution, **values, name_search=search_text(values["name"]))


async def add_unless_known(session: AsyncSession, **values: Any) -> None:
    """Inserts the row; one that is there stays as it is."""
    await session.execute(
        insert(Institution).values(**values, name_search=search_text(values["name"])).on_conflict_do_nothing()
    )


async def lock(session: AsyncSession, unit_id: UUID) -> None:
    """Holds the row until the transaction ends, without hindering rows that refer to it."""
    await session.execute(select(Institution.id).where(Institution.id == unit_id).with_for_update(key_share=True))
