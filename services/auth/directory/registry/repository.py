"""Every query about known companies and about accounts of the old system."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.regions.models import Region
from services.auth.directory.registry.models import Company, LegacyAccount
from shared.reference.pinyin import like_pattern, query_pieces


async def get_company(session: AsyncSession, credit_code: str) -> Company | None:
    """The company with this code."""
    found: Company | None = await session.scalar(select(Company).where(Company.credit_code == credit_code))
    return found


async def find_companies(session: AsyncSession, query: str, limit: int) -> Sequence[Company]:
    """Companies whose name contains ``query`` in any part, or whose pinyin initials do; shorter names first."""
    pattern = like_pattern(query)
    statement = (
        select(Company)
        .where(
            Company.name_pieces.contains(query_pieces(query)),
            or_(Company.name_folded.like(pattern), Company.name_initials.like(pattern)),
        )
        .order_by(Company.name_folded, Company.id)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def get_legacy_account(session: AsyncSession, name: str, credit_code: str) -> LegacyAccount | None:
    """The old system's account with this name, if it was this company's."""
    found: LegacyAccount | None = await session.scalar(
        select(LegacyAccount).where(LegacyAccount.name == name, LegacyAccount.credit_code == credit_code)
    )
    return found


async def add_missing(
    session: AsyncSession, model: type[Company] | type[LegacyAccount], rows: Sequence[Mapping[str, object]]
) -> None:
    """Inserts those that are not there yet."""
    if rows:
        await session.execute(insert(model).on_conflict_do_nothing(), rows)


async def by_key(
    session: AsyncSession, model: type[Company] | type[LegacyAccount], key: str, wanted: Collection[str]
) -> dict[str, Any]:
    """Those rows of these keys that there are."""
    found = await session.scalars(select(model).where(getattr(model, key).in_(wanted)))
    return {getattr(row, key): row for row in found}


async def put(
    session: AsyncSession, model: type[Company] | type[LegacyAccount], key: str, rows: list[dict[str, Any]]
) -> None:
    """Inserts these, or brings those of the same key up to date; an id stays."""
    if rows:
        statement = insert(model)
        fresh = {name: statement.excluded[name] for name in rows[0] if name not in {"id", key}}
        await session.execute(statement.on_conflict_do_update(index_elements=[key], set_=fresh), rows)


async def known_regions(session: AsyncSession, codes: Collection[str]) -> set[str]:
    """Those of these codes that are, or were, a region."""
    return set(await session.scalars(select(Region.code).where(Region.code.in_(codes))))
