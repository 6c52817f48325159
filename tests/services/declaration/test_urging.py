"""逾期与到期 of a region (BEY-10): the list, 催报 of one or many once a day, the phone for those whom no notice reaches."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from services.declaration.clock.accounts_service import keep_account
from services.declaration.clock.models import DueDate
from shared.clock import beijing_today, now_utc
from shared.crypto import Sealed
from shared.db.session import Database
from shared.db.types import field_cipher
from shared.events.auth import AccountChanged
from shared.events.log import EventRow
from shared.roles import Level, Permission, Portal
from tests.services.declaration.records import Cast, MakeCast, button
from tests.services.news import written

URL = "/api/declaration/due-dates"
TODAY = beijing_today(now_utc())
pytestmark = pytest.mark.req("BEY-10")


def account(cast: Cast, *, phone: bool = True, **changes: Any) -> AccountChanged:
    return AccountChanged(
        **{
            "account_id": cast.actor.account_id,
            "organisation_id": cast.actor.organisation_id,
            "person_name": "王芳",
            "portal": Portal.ENTERPRISE,
            "level": Level.UNIT,
            "region_code": cast.actor.region_code,
            "permissions": frozenset({Permission.HAZARD_DECLARATION}),
            "active": True,
            "phone": Sealed.seal(field_cipher(), "13812345678") if phone else None,
            "email": None,
            **changes,
        }
    )


@pytest.fixture
def reached(database: Database) -> Callable[..., Awaitable[None]]:
    async def told(cast: Cast, *, phone: bool = True, later: int = 0, **changes: Any) -> None:
        event = account(cast, phone=phone, **changes)
        async with database.unit_of_work() as session:
            with written(event, later=later):
                await keep_account(session, event)

    return told


async def set_due(database: Database, cast: Cast, days: int | None) -> str:
    async with database.unit_of_work() as session:
        mine = DueDate.employer_id == cast.actor.organisation_id
        last = None if days is None else TODAY + timedelta(days=days)
        await session.execute(update(DueDate).where(mine).values(last_day=last, urged_on=None))
        return str(await session.scalar(select(DueDate.id).where(mine)))


async def listed(cast: Cast, **asked: Any) -> list[dict[str, Any]]:
    answer = await cast.county.get(URL, params={"employer_name": cast.actor.organisation_name, **asked})
    assert answer.status_code == 200, answer.text
    return [each for each in answer.json()["items"] if each["employer_id"] == str(cast.actor.organisation_id)]


class TestList:
    @pytest.mark.parametrize(
        ("days", "state"), [(-1, "overdue"), (0, "soon"), (30, "soon"), (31, "later"), (None, "undated")]
    )
    async def test_how_each_stands(self, cast: Cast, database: Database, days: int | None, state: str) -> None:
        await set_due(database, cast, days)
        (row,) = await listed(cast, state=[state])
        assert (row["state"], row["days_left"]) == (state, days)
        assert bool(await listed(cast)) is (state != "later")

    async def test_what_is_submitted_waits_for_its_office(self, cast: Cast, database: Database) -> None:
        await cast.submitted()
        await set_due(database, cast, -3)
        assert await listed(cast) == []
        (row,) = await listed(cast, state=["submitted"])
        assert (row["state"], button(row, "urge")["code"]) == ("submitted", "already_submitted")

    @pytest.mark.req("PLAT-06")
    async def test_each_office_sees_its_region(self, make_cast: MakeCast, database: Database) -> None:
        here, elsewhere = await make_cast(region="320102"), await make_cast(region="320505")
        due = await set_due(database, elsewhere, -1)
        asked = {"employer_name": elsewhere.actor.organisation_name}
        assert (await here.county.get(URL, params=asked)).json()["items"] == []
        assert len((await here.province.get(URL, params={**asked, "region_code": "3205"})).json()["items"]) == 1
        assert (await here.province.get(URL, params={**asked, "region_code": "3201"})).json()["items"] == []
        assert (await here.county.get(f"{URL}/{due}/contact")).status_code == 404
        told = (await here.county.post(f"{URL}/urge", json={"due_ids": [due]})).json()
        assert told["results"][0]["code"] == "not_found"
        assert (await here.employer.get(URL)).status_code == 403


class TestReach:
    async def test_no_account_and_no_phone_stand_on_the_list_of_calls(
        self, cast: Cast, database: Database, reached: Any
    ) -> None:
        await set_due(database, cast, -1)
        calls = {"reach": ["nobody", "inbox"]}
        assert [each["reach"] for each in await listed(cast, **calls)] == ["nobody"]
        await reached(cast, phone=False)
        assert [each["reach"] for each in await listed(cast, **calls)] == ["inbox"]
        await reached(cast, later=1)
        assert await listed(cast, **calls) == []
        await reached(cast, phone=False)
        assert await listed(cast, **calls) == []
        await reached(cast, later=2, active=False)
        assert [each["reach"] for each in await listed(cast, **calls)] == ["nobody"]


class TestUrging:
    async def test_many_with_an_answer_each_and_once_a_day(
        self, make_cast: MakeCast, database: Database, reached: Any
    ) -> None:
        cast, nobody, later = [await make_cast() for _ in range(3)]
        for each in (cast, later):
            await reached(each)
        ids = [await set_due(database, each, days) for each, days in ((cast, -12), (nobody, -1), (later, 60))]
        stranger = str(uuid4())
        answer = (await cast.county.post(f"{URL}/urge", json={"due_ids": [*ids, stranger, ids[0]]})).json()
        assert (answer["done"], answer["refused"]) == (1, 3)
        assert [each["code"] for each in answer["results"]] == [None, "nobody_reached", "not_due_yet", "not_found"]
        again = (await cast.city.post(f"{URL}/urge", json={"due_ids": ids[:1]})).json()["results"][0]
        assert (again["code"], "累计 1 次" in again["reason"]) == ("urged_today", True)
        async with database.unit_of_work() as session:
            kind = EventRow.type == "declaration.due.urged.v1"
            events = list(await session.scalars(select(EventRow.payload).where(kind)))
            mine = [each for each in events if each["employer_id"] == str(cast.actor.organisation_id)]
            assert [(each["days_late"], each["kind_label"]) for each in mine] == [(12, "初次申报")]
            yesterday = TODAY - timedelta(days=1)
            await session.execute(update(DueDate).where(DueDate.id == ids[0]).values(urged_on=yesterday))
        third = (await cast.county.post(f"{URL}/urge", json={"due_ids": ids[:1]})).json()
        assert third["done"] == 1
        (row,) = await listed(cast)
        assert (row["urged_on"], row["urged_count"]) == (TODAY.isoformat(), 2)

    async def test_by_phone(self, cast: Cast, database: Database) -> None:
        due = await set_due(database, cast, -1)
        contact = (await cast.county.get(f"{URL}/{due}/contact")).json()
        assert set(contact) == {"contact_name", "contact_phone"}
        row = (await cast.county.post(f"{URL}/{due}/call", json={"note": "已告知，本周内提交"})).json()
        assert (row["called_on"], row["urged_count"], row["call_note"]) == (TODAY.isoformat(), 1, "已告知，本周内提交")
        await set_due(database, cast, 60)
        refused = await cast.county.post(f"{URL}/{due}/call", json={"note": "再次告知"})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_due_yet")
