"""What training does about other services' events: each acts once, in whatever order and however often it comes."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.consumers import HANDLERS
from services.training.main import app
from services.training.people.institutions.models import Institution
from services.training.people.personnel.service import CertificateUnknown
from services.training.plans.calendar_service import calendar_of
from shared.db.history import RecordType, history_of
from shared.events.auth import OrganisationChanged
from shared.events.base import Envelope, Event, Place
from shared.events.bookmarks import handled
from shared.events.certificates import CertificateIssued, CertificateRevoked
from shared.events.declaration import CalendarYearKept
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import PERSONNEL, form

MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


async def happens(runtime: Runtime, event: Event, minute: int = 0) -> None:
    """The event as the log gives it, ``minute`` minutes after the start."""
    payload = event.model_dump(mode="json")
    when = START + timedelta(minutes=minute)
    handled.set(
        Envelope(place=Place(), id=new_id(), type=event.type, occurred_at=when, correlation_id="c", payload=payload)
    )
    async with runtime.database.unit_of_work() as session:
        await HANDLERS[type(event)](session, event)


def organisation(organisation_id: UUID, name: str, **changes: Any) -> OrganisationChanged:
    values: dict[str, Any] = {
        "organisation_id": organisation_id,
        "name": name,
        "short_name": name,
        "credit_code": "1232000046600701XH",
        "level": Level.UNIT,
        "region_code": "320102",
        "active": True,
    }
    return OrganisationChanged(**{**values, **changes})


async def institution(runtime: Runtime, organisation_id: UUID) -> Institution | None:
    async with runtime.database.unit_of_work() as session:
        return await session.scalar(select(Institution).where(Institution.id == organisation_id))


@pytest.mark.req("PLAT-11")
class TestOrganisations:
    async def test_older_news_never_replaces_newer(self, runtime: Runtime) -> None:
        unit = new_id()
        await happens(runtime, organisation(unit, "甲医院"), 1)
        await happens(runtime, organisation(unit, "乙医院", active=False), 3)
        await happens(runtime, organisation(unit, "丙医院"), 2)
        kept = await institution(runtime, unit)
        assert kept is not None
        assert (kept.name, kept.active, kept.changed_at) == ("乙医院", False, START + timedelta(minutes=3))

    async def test_offices_are_passed_over(self, runtime: Runtime) -> None:
        office = new_id()
        await happens(runtime, organisation(office, "市疾控", level=Level.CITY))
        assert await institution(runtime, office) is None

    async def test_a_unit_can_work_before_the_news_of_it_has_come(
        self, runtime: Runtime, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        actor = make_actor(Permission.INSTITUTION_FILING)
        assert (await (await client_for(app, actor)).post(PERSONNEL, json=form())).status_code == 201
        await happens(runtime, organisation(actor.organisation_id, "新医院"))
        assert (await (await client_for(app, actor)).post(PERSONNEL, json=form())).status_code == 201
        kept = await institution(runtime, actor.organisation_id)
        assert kept is not None
        assert (kept.name, kept.credit_code) == ("新医院", "1232000046600701XH")


def issued(person: dict[str, Any], **changes: Any) -> CertificateIssued:
    values: dict[str, Any] = {
        "certificate_id": new_id(),
        "number": f"苏职培ZD{new_id().hex[-8:]}",
        "registration_id": new_id(),
        "class_session_id": new_id(),
        "person_id": person["person_id"],
        "person_name": person["name"],
        "unit_id": person["unit_id"],
        "plan_type": "diagnosis_physician",
        "plan_name": "诊断医师培训",
        "specialties": ("职业性皮肤病", "职业性肿瘤"),
        "issued_on": date(2026, 3, 1),
        "valid_until": date(2099, 2, 28),
    }
    return CertificateIssued(**{**values, **changes})


class TestCertificates:
    @pytest.mark.req("TRN-05", "CERT-06", "PLAT-11")
    async def test_one_earned_here_joins_the_file_once(
        self, runtime: Runtime, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        client = await client_for(app, make_actor(Permission.INSTITUTION_FILING))
        made = await client.post(PERSONNEL, json=form())
        event = issued(made.json())
        for _ in range(2):
            await happens(runtime, event)
        file = (await client.get(made.headers["location"])).json()
        (row,) = file["qualifications"]
        assert {name: value for name, value in row.items() if name not in {"id", "allowed_actions"}} == {
            "category": "职业病诊断医师",
            "number": event.number,
            "issued_on": "2026-03-01",
            "expires_on": "2099-02-28",
            "scope": ["职业性皮肤病", "职业性肿瘤"],
            "earned_here": True,
            "state": "valid",
            "state_label": "有效",
        }
        assert (file["certificate_numbers"], file["projects"]) == ([event.number], "职业性皮肤病、职业性肿瘤")
        async with runtime.database.unit_of_work() as session:
            assert [row.action for row in await history_of(session, RecordType("person"), file["person_id"])] == [
                "earn"
            ]

    @pytest.mark.req("STAFF-10", "PLAT-11")
    async def test_a_revoked_one_says_so_and_counts_no_longer(
        self, runtime: Runtime, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        client = await client_for(app, make_actor(Permission.INSTITUTION_FILING))
        made = await client.post(PERSONNEL, json=form())
        event = issued(made.json())
        facts = event.model_dump(include={"certificate_id", "number", "registration_id", "person_id", "unit_id"})
        revoked = CertificateRevoked(**facts, reason="发证信息有误")
        with pytest.raises(CertificateUnknown):
            await happens(runtime, revoked)
        await happens(runtime, event)
        for _ in range(2):
            await happens(runtime, revoked)
        file = (await client.get(made.headers["location"])).json()
        assert [row["state_label"] for row in file["qualifications"]] == ["已撤销"]
        assert (file["certificate_numbers"], file["projects"]) == ([], "")
        async with runtime.database.unit_of_work() as session:
            changes = await history_of(session, RecordType("person"), file["person_id"])
        assert [(row.action, row.reason) for row in changes] == [("earn", None), ("lose", "发证信息有误")]


@pytest.mark.req("BEY-10")
async def test_a_year_of_the_calendar_is_what_was_told_of_it_last(runtime: Runtime) -> None:
    free, worked = date(2093, 2, 18), date(2093, 2, 21)
    await happens(runtime, CalendarYearKept(year=2093, complete=True, days={free: False, worked: True}))
    async with runtime.database.unit_of_work() as session:
        calendar = await calendar_of(session)
    assert (calendar.is_workday(free), calendar.is_workday(worked), calendar.is_known(2093)) == (False, True, True)
    await happens(runtime, CalendarYearKept(year=2093, complete=False, days={}), minute=1)
    async with runtime.database.unit_of_work() as session:
        calendar = await calendar_of(session)
    assert (calendar.is_workday(free), calendar.is_workday(worked), calendar.is_known(2093)) == (True, False, False)
