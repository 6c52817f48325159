"""Every query about regions: the country's stock, overlaid with what auth has told of (ORG-13). Anybody may read them."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.regions.models import Region
from shared.db.directory import keep_latest
from shared.reference import regions as stock


async def keep(session: AsyncSession, **values: object) -> None:
    """Inserts or replaces the row, unless it already shows later news (``changed_at``)."""
    await keep_latest(session, Region, **values)


async def names_of(session: AsyncSession, codes: Collection[str]) -> dict[str, str]:
    """{code: full name} in one query; a code that nobody has is left out. A closed region keeps its name: what was declared there stays."""
    known = {code: place.full_name for code in codes if (place := stock.region(code))}
    told = await session.execute(select(Region.code, Region.full_name).where(Region.code.in_(codes)))
    return known | dict(told.all())


async def is_leaf(session: AsyncSession, code: str, day: date) -> bool:
    """Whether a unit can sit there on that day (FAQ-D20): a county, an added zone, a city that has none. A city of the stock where units
    sit stays one of those when a zone is added below it; a region that is not valid on the day is none."""
    found = (await session.scalars(select(Region).where(or_(Region.code == code, Region.parent == code)))).all()
    own = next((each for each in found if each.code == code), None)
    if own is not None and not own.valid_on(day):
        return False
    if own is None or stock.region(code):
        return stock.is_leaf(code)
    return not any(each.valid_on(day) for each in found if each.parent == code)


async def leaves_below(session: AsyncSession, prefix: str, day: date) -> list[tuple[str, str]]:
    """(code, full name) of every place below ``prefix`` where units sit on that day, as ``is_leaf`` says it of one."""
    told = {
        each.code: each
        for each in await session.scalars(select(Region).where(Region.code.startswith(prefix, autoescape=True)))
    }
    parents = {each.parent for each in told.values() if each.valid_on(day)}
    found = [
        (code, place.full_name)
        for code, place in stock.all_regions().items()
        if code.startswith(prefix) and stock.is_leaf(code) and code not in told
    ]
    for code, region in told.items():
        leaf = stock.is_leaf(code) if stock.region(code) else code not in parents
        if leaf and region.valid_on(day):
            found.append((code, region.full_name))
    return found
