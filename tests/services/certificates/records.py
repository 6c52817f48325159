"""Published results and certificates as tests need them, made through the service's own handler."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue.models import Certificate, NumberPattern, RenderJob
from services.certificates.issue.service import issue_certificate
from services.certificates.printing.tasks import render_due
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.training import ResultPublished
from shared.identifiers import new_id
from shared.runtime import Runtime

RESIDENT_ID = "11010519491231002X"


def published_result(**changes: Any) -> ResultPublished:
    """A passed result of a new person in a new class session."""
    values: dict[str, Any] = {
        "registration_id": new_id(),
        "person_id": new_id(),
        "person_name": "张三丰",
        "sex": "男",
        "resident_id": Sealed.seal(field_cipher(), RESIDENT_ID),
        "unit_id": new_id(),
        "unit_name": "南京市第一医院",
        "region_code": "320102",
        "plan_id": new_id(),
        "plan_type": "diagnosis_physician",
        "plan_name": "2026年江苏省职业病诊断医师培训班",
        "class_session_id": new_id(),
        "session_no": 2,
        "training_kind": "initial",
        "start_date": date(2026, 5, 11),
        "end_date": date(2026, 5, 15),
        "hours": 40,
        "validity_years": 4,
        "passed": True,
        "specialties": ("职业性化学中毒", "职业性皮肤病"),
        # Already the second of June in Beijing.
        "published_at": datetime(2026, 6, 1, 17, 0, tzinfo=UTC),
    }
    return ResultPublished(**{**values, **changes})


async def certificates_of(session: AsyncSession, result: ResultPublished) -> list[Certificate]:
    rows = await session.scalars(select(Certificate).where(Certificate.registration_id == result.registration_id))
    return list(rows)


async def stored(runtime: Runtime, certificate: Certificate) -> Certificate:
    """The certificate as the database has it now."""
    async with runtime.database.unit_of_work() as session:
        return await session.get_one(Certificate, certificate.id)


async def jobs_of(runtime: Runtime, certificate: Certificate) -> list[RenderJob]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(
            select(RenderJob).where(RenderJob.certificate_id == certificate.id).order_by(RenderJob.id)
        )
        return list(rows)


async def add_pattern(runtime: Runtime) -> NumberPattern:
    """A pattern whose series belongs to this test alone."""
    name = new_id().hex
    async with runtime.database.unit_of_work() as session:
        pattern = NumberPattern(plan_type=name, label="试验班", prefix=f"试{{year}}-{name[-8:]}-", digits=4)
        session.add(pattern)
    return pattern


async def issued(runtime: Runtime, **changes: Any) -> Certificate:
    """A numbered certificate whose page is not made yet."""
    result = published_result(**changes)
    async with runtime.database.unit_of_work() as session:
        await issue_certificate(session, result)
        return (await certificates_of(session, result))[0]


async def rendered(runtime: Runtime, **changes: Any) -> Certificate:
    """A certificate after the worker has looked."""
    certificate = await issued(runtime, **changes)
    await render_due(runtime)
    return await stored(runtime, certificate)
