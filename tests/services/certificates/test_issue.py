"""Numbers and certificates out of published results: one per person and session, gapless, never the same twice."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.certificates.consumers import HANDLERS
from services.certificates.issue.models import Certificate
from services.certificates.issue.service import issue_certificate, last_valid_day
from services.certificates.issue.workflow import CertificateStatus
from shared.db.session import Database
from shared.events.subscriptions import SUBSCRIPTIONS
from shared.events.training import ResultPublished
from shared.runtime import Runtime
from shared.services import Service
from tests.services.certificates.records import add_pattern, certificates_of, issued, jobs_of, published_result


class _TakenBack(Exception):
    pass


async def _handle(database: Database, result: ResultPublished, *, taken_back: bool) -> None:
    try:
        async with database.unit_of_work() as session:
            await issue_certificate(session, result)
            if taken_back:
                raise _TakenBack
    except _TakenBack:
        pass


@pytest.fixture
async def wide(runtime: Runtime) -> Any:
    """A pool wide enough for twenty handlers at once."""
    database = Database(
        runtime.settings.database_of(Service.CERTIFICATES), pool_size=20, checkout_seconds=10, publish=lambda _: None
    )
    yield database
    await database.close()


@pytest.mark.req("CERT-06", "STAFF-10", "PLAT-11")
class TestNumbers:
    async def test_twenty_at_once_with_some_taken_back_leave_no_gap(self, runtime: Runtime, wide: Database) -> None:
        pattern = await add_pattern(runtime)
        results = [published_result(plan_type=pattern.plan_type) for _ in range(20)]
        await asyncio.gather(*(_handle(wide, r, taken_back=at % 3 == 0) for at, r in enumerate(results)))
        await _handle(wide, published_result(plan_type=pattern.plan_type), taken_back=False)
        async with runtime.database.unit_of_work() as session:
            numbers = await session.scalars(
                select(Certificate.number)
                .where(Certificate.plan_type == pattern.plan_type)
                .order_by(Certificate.number)
            )
            prefix = pattern.prefix.replace("{year}", "2026")
            assert list(numbers) == [f"{prefix}{serial:04}" for serial in range(1, 15)]

    async def test_each_plan_type_has_its_letters_and_the_rest_has_others(self, runtime: Runtime) -> None:
        known = await issued(runtime, plan_type="radiology_technician", region_code="320903")
        other = await issued(runtime, plan_type="never_heard_of", region_code="320903")
        assert known.number.startswith("苏职卫培〔2026〕FS-0903-")
        assert known.plan_type_label == "放射专业技术人员"
        assert other.number.startswith("苏职卫培〔2026〕PX-0903-")

    async def test_the_year_is_that_of_beijing(self, runtime: Runtime) -> None:
        certificate = await issued(runtime, published_at="2026-12-31T16:30:00Z")
        assert certificate.issued_on == date(2027, 1, 1)
        assert "〔2027〕" in certificate.number


class TestOnePerPersonAndSession:
    @pytest.mark.req("CERT-06", "PLAT-11")
    async def test_the_same_result_twice_makes_one(self, runtime: Runtime) -> None:
        result = published_result()
        for _ in range(2):
            async with runtime.database.unit_of_work() as session:
                await issue_certificate(session, result)
        async with runtime.database.unit_of_work() as session:
            certificates = await certificates_of(session, result)
        assert len(certificates) == 1
        assert len(await jobs_of(runtime, certificates[0])) == 1

    @pytest.mark.req("CERT-06", "PLAT-11")
    async def test_two_at_once_make_one_and_the_number_goes_back(self, runtime: Runtime, wide: Database) -> None:
        pattern = await add_pattern(runtime)
        result = published_result(plan_type=pattern.plan_type)
        ended = await asyncio.gather(
            *(_handle(wide, result, taken_back=False) for _ in range(4)), return_exceptions=True
        )
        assert all(each is None or isinstance(each, IntegrityError) for each in ended)
        following = await issued(runtime, plan_type=pattern.plan_type)
        assert following.number.endswith("-0002")

    @pytest.mark.req("CERT-05", "CERT-06")
    async def test_all_passed_specialties_stand_on_the_one(self, runtime: Runtime) -> None:
        certificate = await issued(runtime, specialties=("职业性眼病",))
        assert certificate.specialties == ["职业性眼病"]
        assert certificate.status is CertificateStatus.PREPARING

    @pytest.mark.req("CERT-05")
    async def test_without_a_pass_there_is_none(self, runtime: Runtime) -> None:
        result = published_result(passed=False, specialties=())
        async with runtime.database.unit_of_work() as session:
            await issue_certificate(session, result)
            assert await certificates_of(session, result) == []

    @pytest.mark.parametrize(
        ("issued_on", "years", "last"),
        [
            (date(2026, 6, 1), 4, date(2030, 5, 31)),
            (date(2024, 2, 29), 1, date(2025, 2, 28)),
            (date(2026, 6, 1), None, None),
        ],
    )
    def test_it_is_valid_until_the_day_before_the_anniversary(
        self, issued_on: date, years: int | None, last: date | None
    ) -> None:
        assert last_valid_day(issued_on, years) == last


def test_handlers_are_what_the_map_says() -> None:
    assert set(HANDLERS) == {event for event, who in SUBSCRIPTIONS.items() if Service.CERTIFICATES in who}


@pytest.mark.req("PLAT-05")
async def test_the_resident_id_is_encrypted_in_the_table(runtime: Runtime) -> None:
    certificate = await issued(runtime)
    async with runtime.database.engine.connect() as connection:
        raw = await connection.exec_driver_sql(
            "SELECT certificates::text FROM certificates WHERE id = %s", (certificate.id,)
        )
        assert certificate.resident_id not in raw.scalar_one()
