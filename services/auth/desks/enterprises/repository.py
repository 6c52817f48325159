"""Every query that signing up needs beside those of the directory."""

from datetime import date
from uuid import UUID

from sqlalchemy import Integer, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.auth.access.accounts.models import Account
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.regions.models import Region
from shared.roles import Portal


async def hold_code(session: AsyncSession, credit_code: str) -> None:
    """Lets sign-ups with one code go one after the other until the transaction ends (X22)."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"credit-code:{credit_code}", 0))))


async def declares(session: AsyncSession, organisation_id: UUID) -> bool:
    """Whether the unit has an account for declarations, whatever became of it."""
    own = select(Account.id).where(Account.organisation_id == organisation_id, Account.portal == Portal.ENTERPRISE)
    return await session.scalar(own.limit(1)) is not None


async def next_branch_no(session: AsyncSession, credit_code: str) -> str:
    """``01`` for the first branch under this code, then one more than the highest (X22)."""
    numbered = select(func.max(cast(Organisation.branch_no, Integer))).where(
        Organisation.credit_code == credit_code, Organisation.branch_no.regexp_match("^[0-9]{1,6}$")
    )
    return f"{(await session.scalar(numbered) or 0) + 1:02}"


async def is_region_of_units(session: AsyncSession, code: str, today: date) -> bool:
    """Whether a unit can sit there today: a region that is valid and has none below it that is (ORG-13)."""
    below = aliased(Region)
    valid = (Region.valid_from <= today, or_(Region.valid_until.is_(None), Region.valid_until >= today))
    has_below = exists().where(
        below.parent == Region.code,
        below.valid_from <= today,
        or_(below.valid_until.is_(None), below.valid_until >= today),
    )
    return await session.scalar(select(Region.id).where(Region.code == code, *valid, ~has_below)) is not None
