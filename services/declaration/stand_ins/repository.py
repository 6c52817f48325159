"""Every query about orders of stand-in, narrowed to the caller's region (PLAT-06)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.stand_ins.models import StandIn
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Permission

MOST = 200


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Whoever reviews or oversees the county."""
    if actor.may(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT) and actor.region_prefix:
        return StandIn.county_code.startswith(actor.region_prefix, autoescape=True)
    return false()


async def list_stand_ins(session: AsyncSession, actor: Actor) -> Sequence[StandIn]:
    """The newest first."""
    newest = select(StandIn).where(visible_to(actor)).order_by(StandIn.valid_until.desc(), StandIn.id.desc())
    return (await session.scalars(newest.limit(MOST))).all()


async def require_stand_in(session: AsyncSession, actor: Actor, stand_in_id: UUID) -> StandIn:
    """Locked until the transaction ends. Raises ``NotFound``."""
    found = await session.scalar(select(StandIn).where(StandIn.id == stand_in_id, visible_to(actor)).with_for_update())
    if found is None:
        raise NotFound
    return found


async def overlapping(session: AsyncSession, county_code: str, first: date, last: date) -> StandIn | None:
    """One that holds on any of these days."""
    found: StandIn | None = await session.scalar(
        select(StandIn)
        .where(StandIn.county_code == county_code, StandIn.ended_at.is_(None))
        .where(StandIn.valid_from <= last, StandIn.valid_until >= first)
        .limit(1)
    )
    return found
