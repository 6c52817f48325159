"""Every query of filings: a unit sees its own, an office those of its region (PLAT-06)."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.filings.models import Filing
from services.training.people.filings.workflow import FILING, FilingKind, FilingStatus
from services.training.people.institutions.models import Institution
from shared.attachments import Attachment, of_record
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Level


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Its own for a unit, its region's for an office."""
    if actor.level is Level.UNIT:
        return Filing.institution_id == actor.organisation_id
    return Institution.region_code.startswith(actor.region_prefix, autoescape=True)


async def require_filing(session: AsyncSession, actor: Actor, filing_id: UUID) -> Filing:
    """One filing; raises NotFound, also for another's."""
    found: Filing | None = await session.scalar(
        select(Filing)
        .join(Institution, Institution.id == Filing.institution_id)
        .where(Filing.id == filing_id, visible_to(actor))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def list_own(session: AsyncSession, actor: Actor) -> Sequence[Filing]:
    """The filings of the actor's unit."""
    rows = await session.scalars(select(Filing).where(Filing.institution_id == actor.organisation_id))
    return rows.all()


async def get_own(session: AsyncSession, actor: Actor, kind: FilingKind) -> Filing | None:
    """The unit's filing of this kind."""
    found: Filing | None = await session.scalar(
        select(Filing).where(Filing.institution_id == actor.organisation_id, Filing.kind == kind)
    )
    return found


class Standing(NamedTuple):
    """``saved``: whether there is any filing; ``closed``: the kind of one that is 已提交 and so closed to changes."""

    saved: bool
    closed: FilingKind | None


NOTHING_SAVED = Standing(saved=False, closed=None)


async def standings_of(session: AsyncSession, institution_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """How far each of these institutions is; who has saved nothing is not among them."""
    submitted = func.min(Filing.kind).filter(Filing.status == FilingStatus.SUBMITTED)
    found = select(Filing.institution_id, submitted).where(Filing.institution_id.in_(institution_ids))
    rows = await session.execute(found.group_by(Filing.institution_id))
    return {institution_id: Standing(saved=True, closed=closed) for institution_id, closed in rows}


async def attachments_of(session: AsyncSession, filing_id: UUID) -> Sequence[Attachment]:
    """资质附件 of one filing."""
    return await of_record(session, FILING, [filing_id])
