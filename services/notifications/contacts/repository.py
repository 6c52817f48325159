"""Queries of the directory: taking in what auth says, and who a notice goes to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account, Organisation
from shared.db.directory import keep_latest
from shared.roles import Permission


async def keep(session: AsyncSession, model: type[Organisation] | type[Account], **values: Any) -> None:
    """Inserts or replaces the row, unless it already shows later news (``changed_at``)."""
    await keep_latest(session, model, **values)


async def list_recipients(
    session: AsyncSession,
    *,
    permission: Permission,
    organisation_ids: Sequence[UUID] | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Account]:
    """The next active accounts with ``permission`` by id, of these organisations or (None) of all; none of a closed organisation."""
    closed = exists().where(Organisation.id == Account.organisation_id, Organisation.active.is_(False))
    statement = select(Account).where(Account.active, Account.permissions.contains([permission.value]), ~closed)
    if organisation_ids is not None:
        statement = statement.where(Account.organisation_id.in_(organisation_ids))
    if after is not None:
        statement = statement.where(Account.id > after)
    return (await session.scalars(statement.order_by(Account.id).limit(limit))).all()
