"""The queries about pages to be made: which job is next, and which have used up their attempts."""

from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.certificates.issue.models import ANY_PLAN_TYPE, Certificate, NumberPattern, RenderJob
from shared.tasks.work import claim


async def claim_job(session: AsyncSession, *, lease_seconds: float, max_attempts: int) -> RenderJob | None:
    """The next due job, leased. One at a time: a page that kills its worker costs no other page an attempt."""
    claimed = await claim(session, RenderJob, limit=1, lease_seconds=lease_seconds, max_attempts=max_attempts)
    return claimed[0] if claimed else None


async def list_exhausted(session: AsyncSession, *, max_attempts: int) -> list[RenderJob]:
    """Jobs whose last attempt never came to an end, because its worker died; locked, those of others passed over."""
    lapsed = or_(RenderJob.leased_until.is_(None), RenderJob.leased_until < func.now())
    rows = await session.scalars(
        select(RenderJob)
        .where(RenderJob.done_at.is_(None), RenderJob.attempts >= max_attempts, lapsed)
        .limit(20)
        .with_for_update(skip_locked=True)
    )
    return list(rows)


async def count_due(session: AsyncSession, *, limit: int) -> int:
    """How many jobs are due that nobody has, at most ``limit``."""
    lapsed = or_(RenderJob.leased_until.is_(None), RenderJob.leased_until < func.now())
    due = select(RenderJob.id).where(RenderJob.done_at.is_(None), RenderJob.due_at <= func.now(), lapsed)
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
