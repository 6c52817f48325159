"""The one row of the test identity: whoever comes first makes it, everybody after that reads it."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.signing.models import TestIdentity
from services.certificates.signing.own_authority import NewIdentity


async def get_test_identity(session: AsyncSession) -> TestIdentity | None:
    return await session.get(TestIdentity, 1)


async def keep_first(session: AsyncSession, made: NewIdentity) -> TestIdentity:
    """The row that stands now: this one, or that of whoever was quicker."""
    row = {
        "id": 1,
        "certificates": made.certificates,
        "private_key": made.private_key,
        "not_after": made.not_after,
    }
    await session.execute(insert(TestIdentity).values(row).on_conflict_do_nothing())
    return await session.get_one(TestIdentity, 1)
