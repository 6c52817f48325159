"""Every query about certificates, their numbers and the patterns behind them. A unit sees its own, an official those of the region
(PLAT-06); the public check has its own queries.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue.filter_repository import conditions
from services.certificates.issue.filters import CertificateFilters
from services.certificates.issue.models import (
    ANY_PLAN_TYPE,
    Certificate,
    CertificateEdition,
    NumberPattern,
    NumberSeries,
    RenderJob,
)
from services.certificates.issue.workflow import CertificateStatus
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.db.rows import named_rows
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Level


class CertificateNotFound(NotFound):
    code = "certificate_not_found"
    detail = "没有找到该证书，可能不属于您的单位或管辖范围"


_SORTABLE = {
    "id": Certificate.id,
    "holder_name": Certificate.holder_name,
    "issued_on": Certificate.issued_on,
    "number": Certificate.number,
    "plan_name": Certificate.plan_name,
    "session_no": Certificate.session_no,
}


# Revoked by hand: it does not come back, and another may follow.
_is_past = and_(Certificate.status.in_(CertificateStatus.is_revoked), Certificate.revoked_by_correction.is_(False))


def visible_to(actor: Actor) -> Select[Certificate]:
    """The certificates that this actor may know of."""
    if actor.level is Level.UNIT:
        mine = actor.organisation_id
        return select(Certificate).where(or_(Certificate.unit_id == mine, Certificate.known_to.contains([mine])))
    return select(Certificate).where(Certificate.region_code.startswith(actor.region_prefix, autoescape=True))


def matching(actor: Actor, filters: CertificateFilters) -> Select[Certificate]:
    """Those of them that a list narrowed like this shows."""
    return visible_to(actor).where(*conditions(filters))


async def list_certificates(
    session: AsyncSession, *, actor: Actor, filters: CertificateFilters, page: PageRequest
) -> Rows[Certificate]:
    """One page of what the actor may see, newest first."""
    return await fetch_page(
        session, matching(actor, filters), columns=_SORTABLE, default_sort="-issued_on,number", page=page
    )


async def require_visible(session: AsyncSession, *, actor: Actor, certificate_id: UUID) -> Certificate:
    """The certificate, if the actor may know of it; raises ``CertificateNotFound``."""
    found = await session.scalar(visible_to(actor).where(Certificate.id == certificate_id))
    if found is None:
        raise CertificateNotFound
    return found


async def editions_of(session: AsyncSession, certificate_id: UUID) -> Sequence[CertificateEdition]:
    """The pages that were handed out, the newest first."""
    rows = select(CertificateEdition).where(CertificateEdition.certificate_id == certificate_id)
    return (await session.scalars(rows.order_by(CertificateEdition.edition.desc()))).all()


async def edition_of(session: AsyncSession, certificate_id: UUID, edition: int) -> CertificateEdition | None:
    """That page, if it was handed out."""
    return await session.get(CertificateEdition, (certificate_id, edition))


async def get_of_result(session: AsyncSession, *, registration_id: UUID, class_session_id: UUID) -> Certificate | None:
    """The one certificate of a person and a class session (CERT-06); of those that were revoked by hand the last, where none came after."""
    found: Certificate | None = await session.scalar(
        select(Certificate)
        .where(Certificate.registration_id == registration_id, Certificate.class_session_id == class_session_id)
        .order_by(_is_past, Certificate.created_at.desc(), Certificate.id.desc())
        .limit(1)
    )
    return found


async def make_known(session: AsyncSession, person_id: UUID, by: UUID, to: UUID) -> list[UUID]:
    """What the unit ``by`` sees of the person's certificates, ``to`` sees as well from now on (BEY-14); the ids of these."""
    known = Certificate.known_to
    told = update(Certificate).where(
        Certificate.person_id == person_id,
        or_(Certificate.unit_id == by, known.contains([by])),
        Certificate.unit_id != to,
        ~known.contains([to]),
    )
    told = told.values(known_to=func.array_append(known, to), version=Certificate.version + 1)
    done = told.returning(Certificate.id).execution_options(synchronize_session=False)
    return list(await session.scalars(done))


async def lock_with_jobs(session: AsyncSession, certificate: Certificate) -> None:
    """Locks the certificate's open work and then the certificate, in the order of the worker that ends a page, and reads it anew."""
    open_jobs = select(RenderJob.id).where(RenderJob.certificate_id == certificate.id, RenderJob.done_at.is_(None))
    await session.execute(open_jobs.with_for_update())
    await session.refresh(certificate, with_for_update=True)


async def close_open_jobs(session: AsyncSession, certificate_id: UUID) -> None:
    """Ends work whose page would say what is no longer so; a worker that is at it finds its claim lost and takes its file away."""
    still_open = update(RenderJob).where(RenderJob.certificate_id == certificate_id, RenderJob.done_at.is_(None))
    await session.execute(still_open.values(done_at=func.now(), leased_until=None, last_error="facts changed"))


async def pattern_for(session: AsyncSession, plan_type: str) -> NumberPattern:
    """The pattern of the plan type, else the one for any."""
    found: NumberPattern | None = await session.get(NumberPattern, plan_type)
    return found if found is not None else await session.get_one(NumberPattern, ANY_PLAN_TYPE)


async def next_serial(session: AsyncSession, prefix: str) -> int:
    """The next serial of a series, from 1. The row stays locked until the caller's transaction ends, so that a rollback gives the
    number back before anyone can take a later one: no gap, and never the same twice."""
    statement = (
        insert(NumberSeries)
        .values(prefix=prefix, last=1)
        .on_conflict_do_update(index_elements=[NumberSeries.prefix], set_={"last": NumberSeries.last + 1})
        .returning(NumberSeries.last)
    )
    return (await session.scalars(statement)).one()


class PutOff(NamedTuple):
    reason: str | None
    certificates: int
    since: datetime


async def list_put_off(session: AsyncSession, *, minutes: int, limit: int = 20) -> list[PutOff]:
    """Why pages that are asked for since ``minutes`` are still to be tried again: the last error, how many, and since when."""
    age = func.make_interval(0, 0, 0, 0, 0, minutes)
    found = (
        select(RenderJob.last_error, func.count(), func.min(Certificate.updated_at))
        .join(Certificate, Certificate.id == RenderJob.certificate_id)
        .where(
            RenderJob.done_at.is_(None), RenderJob.last_error.is_not(None), Certificate.updated_at < func.now() - age
        )
        .group_by(RenderJob.last_error)
        .limit(limit)
    )
    return await named_rows(session, found, PutOff)


async def list_overdue(session: AsyncSession, *, minutes: int, limit: int = 100) -> list[Certificate]:
    """Certificates whose page is being made for longer than ``minutes``, oldest first."""
    age = func.make_interval(0, 0, 0, 0, 0, minutes)
    rows = await session.scalars(
        select(Certificate)
        .where(Certificate.status == CertificateStatus.PREPARING, Certificate.updated_at < func.now() - age)
        .order_by(Certificate.updated_at)
        .limit(limit)
    )
    return list(rows)
