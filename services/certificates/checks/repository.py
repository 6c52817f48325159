"""The look-ups that are open to everyone: by the id inside a signed token, by number and full name together, and by a file's digest."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue.models import Certificate, CertificateEdition
from shared.reference.pinyin import query_pieces, same_name

# A certificate of which no page was handed out has been given to nobody, and nobody can ask for it. One that is being made again after a
# correction stays to be checked, with the facts as they are now (STAFF-09).
_HANDED_OUT = Certificate.editions > 0


async def get_shown(session: AsyncSession, certificate_id: UUID) -> Certificate | None:
    """A certificate that has been handed out."""
    found: Certificate | None = await session.scalar(
        select(Certificate).where(Certificate.id == certificate_id, _HANDED_OUT)
    )
    return found


async def get_by_number_and_name(session: AsyncSession, *, number: str, name: str) -> Certificate | None:
    """A certificate that has been handed out; the database compares both, so that a wrong name takes as long as a wrong number. It knows
    the pieces of the name alone, and part of a name is not the name."""
    named = Certificate.holder_pieces.contains(query_pieces(name))
    found: Certificate | None = await session.scalar(
        select(Certificate).where(Certificate.number == number, named, _HANDED_OUT)
    )
    return found if found is not None and same_name(found.holder_name, name) else None


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
