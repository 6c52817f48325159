"""The two look-ups that are open to everyone: by the id inside a signed token, and by number and full name together."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.checks.workflow import SHOWN
from services.certificates.issue.models import Certificate


async def get_shown(session: AsyncSession, certificate_id: UUID) -> Certificate | None:
    """A certificate that has been handed out."""
    found: Certificate | None = await session.scalar(
        select(Certificate).where(Certificate.id == certificate_id, Certificate.status.in_(SHOWN))
    )
    return found


async def get_by_number_and_name(session: AsyncSession, *, number: str, name: str) -> Certificate | None:
    """A certificate that has been handed out; the database compares both, so that a wrong name takes as long as a wrong number."""
    found: Certificate | None = await session.scalar(
        select(Certificate).where(
            Certificate.number == number, Certificate.holder_name == name, Certificate.status.in_(SHOWN)
        )
    )
    return found
