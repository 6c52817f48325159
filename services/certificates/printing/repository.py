"""The queries about pages to be made: how many are due, and what a page is about."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.certificates.issue.models import ANY_PLAN_TYPE, Certificate, NumberPattern, RenderJob
from shared.tasks.work import unheld


async def count_due(session: AsyncSession, *, limit: int) -> int:
    """How many jobs are due that nobody has, at most ``limit``."""
    due = select(RenderJob.id).where(RenderJob.done_at.is_(None), RenderJob.due_at <= func.now(), unheld(RenderJob))
    return await session.scalar(select(func.count()).select_from(due.limit(limit).subquery())) or 0


async def require_with_kind(session: AsyncSession, certificate_id: UUID) -> tuple[Certificate, str]:
    """The certificate of a job, and the kind of document that its plan type is printed as."""
    own, general = aliased(NumberPattern), aliased(NumberPattern)
    found = await session.execute(
        select(Certificate, func.coalesce(own.template, general.template))
        .select_from(Certificate)
        .join(general, general.plan_type == ANY_PLAN_TYPE)
        .outerjoin(own, own.plan_type == Certificate.plan_type)
        .where(Certificate.id == certificate_id)
    )
    certificate, kind = found.one()
    return certificate, kind


async def require_certificate(session: AsyncSession, certificate_id: UUID) -> Certificate:
    """The certificate of a job, for the platform itself."""
    return await session.get_one(Certificate, certificate_id)
