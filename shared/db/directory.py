"""Copies of what another service owns (organisations, accounts, regions), kept by its events: one row per key, and older news never
replaces newer, because a parked event may be let go again long after.
"""

from functools import lru_cache

from sqlalchemy import Table, or_
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


@lru_cache(maxsize=64)
def _statement(model: type[DeclarativeBase], names: tuple[str, ...]) -> Insert:
    """Made once per table: putting it together costs more than running it."""
    table = model.__table__
    assert isinstance(table, Table)
    statement = insert(table)
    key = [column.name for column in table.primary_key]
    news = {name: statement.excluded[name] for name in names if name not in key}
    older = or_(table.c.changed_at.is_(None), table.c.changed_at <= statement.excluded.changed_at)
    return statement.on_conflict_do_update(index_elements=key, set_=news, where=older)


async def keep_latest(session: AsyncSession, model: type[DeclarativeBase], **values: object) -> None:
    """Inserts or replaces the row with this key, unless it already shows news later than ``changed_at``."""
    await session.execute(_statement(model, tuple(values)), values)
