"""Which files of certificates a row names: a page of a claim that came too late and a photo that was replaced are named by none."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue.models import Certificate, CertificateEdition, RenderJob
from shared.tasks.strays import Keys


async def named_pages(session: AsyncSession, keys: Keys) -> set[str]:
    """A certificate's page, that of an earlier edition, and what is put down for a page that is still being made."""
    of = {UUID(match["id"]) for match in keys.values()}
    printed = select(Certificate.storage_key).where(Certificate.id.in_(of), Certificate.storage_key.in_(keys))
    earlier = select(CertificateEdition.storage_key).where(
        CertificateEdition.certificate_id.in_(of), CertificateEdition.storage_key.in_(keys)
    )
    jobs = {UUID(match["job"]) for match in keys.values()}
    making = select(RenderJob.id).where(RenderJob.id.in_(jobs), RenderJob.done_at.is_(None))
    named = {key for key in (*await session.scalars(printed), *await session.scalars(earlier)) if key}
    open_jobs = set(await session.scalars(making))
    return named | {key for key, match in keys.items() if UUID(match["job"]) in open_jobs}


async def named_photos(session: AsyncSession, keys: Keys) -> set[str]:
    """The copy of the photo that a certificate has, or will be printed with."""
    of = {UUID(match["id"]) for match in keys.values()}
    rows = await session.execute(select(Certificate.id, Certificate.photo_id).where(Certificate.id.in_(of)))
    photos = {(row.id, row.photo_id) for row in rows}
    return {key for key, match in keys.items() if (UUID(match["id"]), UUID(match["photo"])) in photos}
