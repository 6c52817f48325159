"""Every query about known companies and about accounts of the old system."""

from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

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
