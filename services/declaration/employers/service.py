"""How the directory of employers is kept: by what auth tells, and by nothing else."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.employers.models import Employer
from services.declaration.employers.repository import get_employer
from shared.events.auth import OrganisationChanged
from shared.reference.pinyin import folded, initials, search_pieces
from shared.reference.regions import scope_prefix
from shared.roles import Level


async def keep_employer(session: AsyncSession, event: OrganisationChanged) -> Employer | None:
    """Copies a unit of auth's directory, new or changed; None for an authority, which declares nothing."""
    if event.level is not Level.UNIT:
        return None
    employer = await get_employer(session, event.organisation_id) or Employer(id=event.organisation_id)
    employer.name = event.name
    employer.name_folded = folded(event.name)
    employer.name_initials = initials(event.name)
    employer.name_pieces = search_pieces(event.name)
    employer.credit_code = event.credit_code
    employer.region_code = event.region_code
    employer.review_level = _review_level(event.region_code)
    employer.active = event.active
    session.add(employer)
    await session.flush()
    return employer


def _review_level(region_code: str) -> Level:
    """The county reviews; a city without counties (东莞 …) does it itself."""
    return Level.COUNTY if scope_prefix(region_code) == region_code else Level.CITY
