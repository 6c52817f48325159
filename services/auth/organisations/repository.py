"""Every query about organisations."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.organisations.models import Organisation
from shared.errors import NotFound


async def require_organisation(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """The organisation; raises NotFound."""
    organisation = await session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


async def get_by_code(session: AsyncSession, credit_code: str, branch_no: str) -> Organisation | None:
    """The organisation with this code and branch number (X22)."""
    found: Organisation | None = await session.scalar(
        select(Organisation).where(Organisation.credit_code == credit_code, Organisation.branch_no == branch_no)
    )
    return found
