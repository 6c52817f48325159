"""The names by which certificates are searched (PLAT-08), kept when the first certificate with one is issued."""

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue.models import Certificate, CertificateName, NameKind
from shared.reference.pinyin import search_text


async def keep(session: AsyncSession, certificate: Certificate) -> None:
    """Nearly always both are known, and nothing is written that others would wait for."""
    wanted = {(NameKind.PLAN, certificate.plan_name), (NameKind.UNIT, certificate.unit_name)}
    key = tuple_(CertificateName.kind, CertificateName.name)
    rows = await session.execute(select(CertificateName.kind, CertificateName.name).where(key.in_(wanted)))
    # In one order, so that two that bring the same new names do not wait for each other.
    new = sorted(wanted - {(kind, name) for kind, name in rows})
    if new:
        values = [{"kind": kind, "name": name, "search": search_text(name)} for kind, name in new]
        await session.execute(insert(CertificateName).values(values).on_conflict_do_nothing())
