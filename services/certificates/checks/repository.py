"""The look-ups that are open to everyone: by the id inside a signed token, by number and full name together, and by a file's digest."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue.models import Certificate, CertificateEdition
from shared.reference.pinyin import same_name

# A certificate of which no page was handed out has been given to nobody, and nobody can ask for it. One that is being made again after a
# correction stays to be checked, with the facts as they are now (STAFF-09).
_HANDED_OUT = Certificate.editions > 0


async def get_shown(session: AsyncSession, certificate_id: UUID) -> Certificate | None:
    """A certificate that has been handed out."""
    found: Certificate | None = await session.scalar(
        select(Certificate).where(Certificate.id == certificate_id, _HANDED_OUT)
    )
    return found


async def get_by_number_and_name(
    session: AsyncSession, *, number: str, name: str
) -> tuple[Certificate, int | None] | None:
    """A certificate that has been handed out, and the last edition that bears the name where the certificate itself no longer does
    (STAFF-15). A wrong name takes as long as a wrong number: one statement looks for both."""
    found = await session.execute(
        select(Certificate, CertificateEdition.edition, CertificateEdition.holder_name)
        .join(CertificateEdition, CertificateEdition.certificate_id == Certificate.id)
        .where(Certificate.number == number, _HANDED_OUT)
        .order_by(CertificateEdition.edition.desc())
    )
    rows = found.all()
    if rows and same_name(rows[0][0].holder_name, name):
        return rows[0][0], None
    return next(((certificate, edition) for certificate, edition, named in rows if same_name(named, name)), None)


async def get_by_digest(session: AsyncSession, sha256: str) -> tuple[Certificate, int] | None:
    """The certificate that a file was handed out for, and the file's edition; ``sha256`` in hex."""
    found = await session.execute(
        select(Certificate, CertificateEdition.edition)
        .join(CertificateEdition, CertificateEdition.certificate_id == Certificate.id)
        .where(CertificateEdition.sha256 == sha256)
        .limit(1)
    )
    row = found.first()
    return (row[0], row[1]) if row is not None else None
