"""Where a unit's records are reviewed and read when the unit, or its county, is another one than when they were declared."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.declaration.declarations.models import Declaration
from services.declaration.papers.models import DeclarationPaper
from services.declaration.papers.workflow import PaperKind
from shared.clock import beijing_today, now_utc
from shared.db.session import Database
from tests.services.declaration.records import MakeCast, organisation
from tests.services.declaration.test_basics import hear


@pytest.mark.req("DECL-10", "ORG-13", "PLAT-06")
class TestMoved:
    """A county is merged into another, or a unit moves: who reviews and reads its records is the office where it is now."""

    async def test_what_is_under_review_is_reviewed_by_the_successor(
        self, make_cast: MakeCast, database: Database
    ) -> None:
        cast, into = await make_cast(region="320102"), await make_cast(region="320104")
        address = await cast.opened()
        await hear(database, organisation(cast.actor, region_code="320104"), later=5)
        assert (await cast.county.get(address)).status_code == 404
        seen = (await into.county.get(address)).json()
        assert seen["region_label"].endswith("（申报时为江苏省南京市玄武区）"), seen["region_label"]
        assert (await into.county.post(f"{address}/open")).status_code == 200, "the old office holds it no more"
        assert (await into.county.post(f"{address}/approve")).status_code == 200
        steps = (await into.county.get(f"{address}/history")).json()
        assert "单位信息变更" in [each["action_label"] for each in steps]

    async def test_what_is_decided_is_read_there_and_an_order_is_answered_there(
        self, make_cast: MakeCast, database: Database
    ) -> None:
        cast, into = await make_cast(region="320102"), await make_cast(region="320104")
        address = await cast.approved()
        order = {
            "declaration_id": address.rsplit("/", 1)[-1],
            "reason": "漏报噪声",
            "due_on": f"{beijing_today(now_utc()) + timedelta(days=3)}",
        }
        given = (await cast.city.post("/api/declaration/review-orders", json=order)).json()
        await hear(database, organisation(cast.actor, region_code="320104"), later=5)
        assert (await into.county.get(address)).json()["status"] == "approved"
        there = f"/api/declaration/review-orders/{given['id']}"
        assert (await cast.county.get(there)).status_code == 404
        answered = await into.county.post(f"{there}/answer", json={"reason": "已核实"})
        assert answered.status_code == 200, answered.text

    async def test_what_was_declared_stays(self, make_cast: MakeCast, database: Database) -> None:
        cast = await make_cast(region="320102")
        address = await cast.approved()
        for region, declared in (("320104", "320102"), ("320102", None)):
            await hear(database, organisation(cast.actor, region_code=region), later=5)
            async with database.unit_of_work() as session:
                row = await session.get_one(Declaration, UUID(address.rsplit("/", 1)[-1]))
            assert (row.region_code, row.declared_region, row.declared_for) == (region, declared, "320102")

    @pytest.mark.req("BEY-10")
    async def test_the_receipt_names_the_office_that_approved(self, make_cast: MakeCast, database: Database) -> None:
        cast = await make_cast(region="320102")
        address = await cast.approved()
        before = (await cast.employer.post(f"{address}/receipt")).json()
        await hear(database, organisation(cast.actor, region_code="320104"), later=5)
        assert (await cast.employer.post(f"{address}/receipt")).json() == before
        async with database.unit_of_work() as session:
            papers = select(func.count()).select_from(DeclarationPaper)
            of_record = DeclarationPaper.declaration_id == UUID(address.rsplit("/", 1)[-1])
            kind = DeclarationPaper.kind == PaperKind.RECEIPT
            assert await session.scalar(papers.where(of_record, kind)) == 1
