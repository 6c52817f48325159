"""Every query about accepted numbers, and whether the directory or the registry knows a code."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.accepted.models import AcceptedNumber, NumberKind
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.registry.models import Company
from shared.db.types import blind_index


async def names_of(session: AsyncSession, kind: NumberKind, number: str) -> Sequence[str]:
    """With whose names this number is accepted today."""
    found = select(AcceptedNumber.name).where(
        AcceptedNumber.number_index == blind_index(number),
        AcceptedNumber.kind == kind,
        AcceptedNumber.revoked_at.is_(None),
    )
    return (await session.scalars(found)).all()


async def is_code_known(session: AsyncSession, credit_code: str) -> bool:
    """Whether an organisation of the directory or a company of the registry has this code."""
    known = or_(
        exists().where(Organisation.credit_code == credit_code), exists().where(Company.credit_code == credit_code)
    )
    return bool(await session.scalar(select(known)))


async def of_case(session: AsyncSession, case_id: UUID) -> AcceptedNumber:
    """What this case has accepted."""
    return (await session.scalars(select(AcceptedNumber).where(AcceptedNumber.case_id == case_id))).one()
