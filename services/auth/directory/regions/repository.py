"""Every query about regions. Anybody may read them; an administrator changes those of the own province (ORG-13)."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.workflow import OrganisationStatus
from services.auth.directory.regions.models import Region
from shared.db.rows import named_rows
from shared.identity import Actor
from shared.reference.pinyin import like_pattern
from shared.reference.regions import VIRTUAL, scope_prefix
from shared.roles import Level, Permission

KEEPERS = (Permission.ACCOUNT_MANAGEMENT, Permission.ADMINISTRATION)
_PARENT, _ABOVE, _CHILD = aliased(Region), aliased(Region), aliased(Region)


class RegionRow(NamedTuple):
    """A region with its full name, and whether nothing stands below it on the day."""

    region: Region
    full_name: str
    is_leaf: bool


def editable_by(actor: Actor) -> ColumnElement[bool]:
    """The regions that this actor keeps: those of the own province."""
    if actor.level is not Level.PROVINCE or not actor.region_prefix or not actor.may(*KEEPERS):
        return false()
    return Region.code.startswith(actor.region_prefix, autoescape=True)


def valid_on(day: date) -> ColumnElement[bool]:
    """Whether a region is valid on that day; both ends are inclusive."""
    return and_(Region.valid_from <= day, _open_until(Region, day))


def _open_until(region: type[Region], day: date) -> ColumnElement[bool]:
    return or_(region.valid_until.is_(None), region.valid_until >= day)


def _shown(day: date) -> Select[Region, str, bool]:
    """The columns of ``RegionRow``; levels that exist in the codes only have no name."""
    names = [func.coalesce(case((each.kind == VIRTUAL, ""), else_=each.name), "") for each in (_ABOVE, _PARENT, Region)]
    below = exists().where(_CHILD.parent == Region.code, _CHILD.valid_from <= day, _open_until(_CHILD, day))
    return (
        select(Region, func.concat(*names), not_(below))
        .outerjoin(_PARENT, _PARENT.code == Region.parent)
        .outerjoin(_ABOVE, _ABOVE.code == _PARENT.parent)
    )


async def children_of(session: AsyncSession, parent: str, day: date) -> list[RegionRow]:
    """The next level below, valid on that day, in the order of the codes; the provinces for ""."""
    statement = _shown(day).where(Region.parent == parent, valid_on(day)).order_by(Region.code)
    return await named_rows(session, statement, RegionRow)


async def get_shown(session: AsyncSession, code: str, day: date) -> RegionRow | None:
    """One region, valid on that day or not."""
    found = (await session.execute(_shown(day).where(Region.code == code))).one_or_none()
    return None if found is None else RegionRow(*found)


async def shown_among(session: AsyncSession, codes: Collection[str], day: date) -> list[RegionRow]:
    """These regions, valid on that day or not, in the order of the codes."""
    return await named_rows(session, _shown(day).where(Region.code.in_(codes)).order_by(Region.code), RegionRow)


async def shown_within(session: AsyncSession, code: str, day: date) -> list[RegionRow]:
    """A region and all below it, valid on that day or not, in the order of the codes."""
    inside = Region.code.startswith(scope_prefix(code), autoescape=True)
    return await named_rows(session, _shown(day).where(inside).order_by(Region.code), RegionRow)


async def search(session: AsyncSession, query: str, day: date, limit: int) -> list[RegionRow]:
    """Regions valid on that day whose name contains ``query``, or whose pinyin initials do, higher levels first."""
    pattern = like_pattern(query)
    found = or_(Region.name.like(pattern), Region.pinyin.like(pattern.upper()))
    statement = _shown(day).where(found, valid_on(day), Region.kind != VIRTUAL).order_by(Region.level, Region.code)
    return await named_rows(session, statement.limit(limit), RegionRow)


async def get_valid(session: AsyncSession, code: str, day: date) -> Region | None:
    """The region if it is valid on that day; nobody closes it before the transaction ends."""
    held = select(Region).where(Region.code == code, valid_on(day)).with_for_update(read=True)
    found: Region | None = await session.scalar(held)
    return found


async def by_codes(session: AsyncSession, codes: Collection[str]) -> dict[str, Region]:
    """Those of these regions that there are, locked against a change until the transaction ends."""
    held = select(Region).where(Region.code.in_(codes)).order_by(Region.code).with_for_update()
    found = await session.scalars(held.execution_options(populate_existing=True))
    return {each.code: each for each in found}


async def get_editable(session: AsyncSession, actor: Actor, code: str) -> Region | None:
    """The region, locked until the transaction ends, if the actor keeps it."""
    held = select(Region).where(Region.code == code, editable_by(actor)).with_for_update()
    found: Region | None = await session.scalar(held.execution_options(populate_existing=True))
    return found


async def active_organisations_in(session: AsyncSession, code: str) -> int:
    """How many enabled organisations stand in the region or below it."""
    inside = Organisation.region_code.startswith(scope_prefix(code), autoescape=True)
    counted = select(func.count()).where(inside, Organisation.status.in_(OrganisationStatus.takes_part))
    return await session.scalar(counted) or 0
