"""The queries of bundles: which certificates are meant, and their rows some at a time. Whose they may be is ``issue``'s rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, defer

from services.certificates.issue.filters import CertificateFilters
from services.certificates.issue.models import Certificate
from services.certificates.issue.repository import matching, visible_to
from shared.identity import Actor


@dataclass(frozen=True)
class Selection:
    """Certificates by their ids, or with None those that a list narrowed by ``filters`` shows."""

    ids: Sequence[UUID] | None
    filters: CertificateFilters


def _selected(actor: Actor, selection: Selection) -> Select[Certificate]:
    if selection.ids is not None:
        return visible_to(actor).where(Certificate.id.in_(selection.ids))
    return matching(actor, selection.filters)


async def count_selected(session: AsyncSession, *, actor: Actor, selection: Selection, up_to: int) -> int:
    """How many certificates are meant; counting stops at ``up_to``."""
    some = _selected(actor, selection).with_only_columns(Certificate.id).limit(up_to).subquery()
    return await session.scalar(select(func.count()).select_from(some)) or 0


async def list_selected(
    session: AsyncSession,
    *,
    actor: Actor,
    selection: Selection,
    columns: Sequence[InstrumentedAttribute[Any]],
    up_to: int,
) -> Sequence[Row[Any]]:
    """Of each certificate that is meant its id and these columns, in no order."""
    statement = _selected(actor, selection).with_only_columns(Certificate.id, *columns).limit(up_to)
    return (await session.execute(statement)).all()


async def list_visible(session: AsyncSession, *, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Certificate]:
    """These certificates by id, as they are now, without what a bundle needs not know."""
    statement = visible_to(actor).where(Certificate.id.in_(ids)).options(defer(Certificate.resident_id))
    return {row.id: row for row in await session.scalars(statement)}
