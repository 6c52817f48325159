"""How many valid certificates end when, in each region (BEY-06)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue.models import Certificate
from services.certificates.issue.workflow import CertificateStatus
from shared.identity import Actor
from shared.roles import Level


class Bounds(NamedTuple):
    """Days, both included; None has no end."""

    first: date | None
    last: date | None


async def ending_by_region(
    session: AsyncSession, *, actor: Actor, spans: Sequence[Bounds]
) -> dict[str, tuple[int, ...]]:
    """For each region below the actor's, by the digits that its code begins with, how many end in each of the spans."""
    until = Certificate.valid_until
    digits = 4 if actor.level is Level.PROVINCE else 6
    region = func.left(Certificate.region_code, digits).label("region")
    ends = [func.count().filter(until >= (span.first or date.min), until <= (span.last or date.max)) for span in spans]
    found = (
        select(region, *ends)
        .where(
            Certificate.region_code.startswith(actor.region_prefix, autoescape=True),
            Certificate.status.in_(CertificateStatus.is_in_force),
            until.is_not(None),
        )
        .group_by(region)
        .order_by(region)
    )
    return {name: tuple(numbers) for name, *numbers in await session.execute(found)}
