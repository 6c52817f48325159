"""Who sits in a session: as a page, as a sheet, and as a sign-in sheet to print (STAFF-07)."""

import dataclasses
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from services.certificates.consumers import HANDLERS
from services.certificates.forms.tasks import render_forms
from services.certificates.main import app as certificates_app
from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.models import Placement
from services.training.classes.waiting.models import WaitingEntry
from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from services.training.people.personnel.models import Person
from services.training.results.rosters import sign_in
from services.training.results.rosters.schemas import RosterRead
from shared.crypto import mask_resident_id
from shared.db.types import field_cipher
from shared.events.log import EventRow
from shared.events.training import RosterPrepared
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.web.documents import FormInTheMaking, FormNotPrintable, prepared_pdf
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.class_sessions.test_scheduling import OpenApp
from tests.services.training.results.attendance.rooms import CLASS_SESSIONS, Room, open_room

pytestmark = pytest.mark.req("STAFF-07")


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


@pytest.fixture
async def room(runtime: Runtime, client_for: ClientFor) -> Room:
    return await open_room(runtime, client_for, regions=("320102", "320505"), specialties=("skin", "eye"))


async def personal_numbers(runtime: Runtime, room: Room) -> list[str]:
    async with runtime.database.unit_of_work() as session:
        people = await session.scalars(select(Person).where(Person.id.in_([each.person_id for each in room.people])))
        return [each.resident_id for each in people] + [each.staff.mobile for each in room.people]


async def events_of(runtime: Runtime, room: Room) -> list[RosterPrepared]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(EventRow).where(EventRow.type == RosterPrepared.type))
        found = [RosterPrepared(**row.payload) for row in rows]
    return sorted((each for each in found if each.source_id == room.row.id), key=lambda each: each.revision)


class TestTheRoster:
    async def test_it_names_the_people_by_unit_with_what_the_office_needs(self, runtime: Runtime, room: Room) -> None:
        answer = await room.office.get(room.address("roster"))
        told = answer.json()
        assert (told["plan_name"], told["session_no"], told["location"]) == (room.plan.name, 1, "南京")
        by_unit = sorted(room.people, key=lambda each: (each.unit_name, each.staff.name))
        assert [p["registration_id"] for p in told["people"]] == [str(each.id) for each in by_unit]
        first = told["people"][0] | {"registration_id": "", "unit_name": ""}
        assert first == {
            "number": 1,
            "registration_id": "",
            "name": "甲0",
            "masked_id": mask_resident_id(by_unit[0].staff.resident_id),  # each unit has somebody of this name
            "sex": "男",
            "unit_name": "",
            "training_kind": "initial",
            "training_kind_label": "初训",
            "specialties": first["specialties"],
            "lodging": "none",
            "lodging_label": "不住宿",
            "needs_credit": True,
            "recipient_name": "甲0",
            "recipient_phone": "138****8000",
            "recipient_postcode": "210009",
            "recipient_address": "南京市玄武区珠江路1号",
        }
        assert len(first["specialties"]) == 2
        assert [each for each in await personal_numbers(runtime, room) if each in answer.text] == []

    async def test_only_specialties_of_this_session_and_no_offered_places(self, runtime: Runtime, room: Room) -> None:
        async with runtime.database.unit_of_work() as session:
            values = {"unit_id": room.people[0].unit_id, "plan_id": room.plan.id, "class_session_id": room.row.id}
            entry = WaitingEntry(**values, specialty_code="skin", size=1)
            session.add(entry)
            await session.flush()
            offered = update(Placement).values(waiting_entry_id=entry.id)
            first, second = (Placement.registration_id == each.id for each in room.people[:2])
            await session.execute(offered.where(first, Placement.specialty_code == "skin"))
            await session.execute(offered.where(second))
        told = {p["registration_id"]: p for p in (await room.office.get(room.address("roster"))).json()["people"]}
        assert set(told) == {str(each.id) for each in (room.people[0], *room.people[2:])}
        assert len(told[str(room.people[0].id)]["specialties"]) == 1

    @pytest.mark.req("PLAT-06")
    async def test_an_office_sees_the_people_of_its_region(self, client_for: ClientFor, room: Room) -> None:
        city = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320500"))
        told = (await city.get(room.address("roster"))).json()
        assert [p["registration_id"] for p in told["people"]] == [str(each.id) for each in room.people[2:]]
        assert [p["number"] for p in told["people"]] == [1, 2]
        for what in ("roster", "roster.xlsx", "sign-in-sheet.pdf"):
            unit = await client_for(app, room.units[0])
            assert (await unit.get(room.address(what))).status_code == 403
            assert (await room.office.get(f"{CLASS_SESSIONS}/{new_id()}/{what}")).status_code == 404

    async def test_the_sheet_has_the_same_rows(self, runtime: Runtime, room: Room) -> None:
        answer = await room.office.get(room.address("roster.xlsx"))
        assert "attachment" in answer.headers["content-disposition"]
        rows = CalamineWorkbook.from_object(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert rows[0][:7] == ["序号", "姓名", "性别", "单位", "培训类型", "专业类别", "学分证"]
        people = (await room.office.get(room.address("roster"))).json()["people"]
        assert [[row[0], row[1], row[3], row[5]] for row in rows[1:]] == [
            [p["number"], p["name"], p["unit_name"], "、".join(p["specialties"])] for p in people
        ]
        assert rows[1][6:10] == ["是", "不住宿", "甲0", "138****8000"]


class TestTheSignInSheet:
    async def test_its_content_goes_out_sealed_and_numbered(self, runtime: Runtime, room: Room) -> None:
        asked = [await room.office.post(room.address("sign-in-sheet")) for _ in range(2)]
        assert [(a.status_code, a.json()) for a in asked] == [(202, {"revision": 1}), (202, {"revision": 2})]
        assert asked[0].headers["location"] == room.address("sign-in-sheet.pdf")
        events = await events_of(runtime, room)
        assert [(each.kind, each.revision) for each in events] == [("sign_in_sheet", 1), ("sign_in_sheet", 2)]
        written = events[1].content.open(field_cipher())
        content = json.loads(written)
        assert (content["plan_name"], content["session"]) == (room.plan.name, "第1期（初训）")
        dates = [room.row.start_date + timedelta(days=at) for at in range(3)]
        assert content["days"] == [f"{day.month}月{day.day}日" for day in dates]
        roster = (await room.office.get(room.address("roster"))).json()["people"]
        assert content["people"] == [
            {"name": p["name"], "unit_name": p["unit_name"], "specialties": "、".join(p["specialties"])} for p in roster
        ]
        assert [each for each in await personal_numbers(runtime, room) if each in written] == []

    async def test_fewer_days_than_dates_are_numbered(self, runtime: Runtime, room: Room) -> None:
        async with runtime.database.unit_of_work() as session:
            await session.execute(update(ClassSession).where(ClassSession.id == room.row.id).values(days=2))
        await room.office.post(room.address("sign-in-sheet"))
        written = (await events_of(runtime, room))[0].content.open(field_cipher())
        assert json.loads(written)["days"] == ["第1天", "第2天"]

    async def test_an_empty_or_endless_one_is_refused_with_what_to_do(
        self, runtime: Runtime, client_for: ClientFor, room: Room
    ) -> None:
        empty = await open_room(runtime, client_for, 0)
        refused = await empty.office.post(empty.address("sign-in-sheet"))
        assert (refused.status_code, refused.json()["code"]) == (409, "nobody_seated")
        people = (await room.office.get(room.address("roster"))).json()
        for count, days, fits in ((500, 5, True), (501, 5, False), (250, 10, True), (251, 6, False)):
            roster = RosterRead.model_validate(people | {"people": (people["people"] * 251)[:count]})
            ends = room.row.start_date + timedelta(days=days - 1)
            row = ClassSession(**{**_values(room.row), "end_date": ends, "days": days})
            if fits:
                assert len(sign_in.printed_sheet(row, roster).people) == count
            else:
                with pytest.raises(sign_in.SheetTooLong, match="名册"):
                    sign_in.printed_sheet(row, roster)

    async def test_only_the_province_prepares_it(self, client_for: ClientFor, room: Room) -> None:
        scores = await client_for(app, make_actor(Permission.SCORE_ENTRY, level=Level.PROVINCE))
        assert (await scores.post(room.address("sign-in-sheet"))).status_code == 403
        assert (await room.office.post(f"{CLASS_SESSIONS}/{new_id()}/sign-in-sheet")).status_code == 404


def _values(row: ClassSession) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "session_no", "training_kind", "location", "start_date")}


class TestItsFile:
    @pytest.fixture
    async def joined(self, runtime: Runtime, open_app: OpenApp) -> AsyncIterator[Runtime]:
        """Training's runtime with the certificates service within reach."""
        await open_app(certificates_app)
        transport = httpx.ASGITransport(app=certificates_app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport) as client:
            yield dataclasses.replace(runtime, http=client)

    async def test_it_is_first_to_be_prepared(self, room: Room) -> None:
        answer = await room.office.get(room.address("sign-in-sheet.pdf"))
        assert (answer.status_code, answer.json()["code"]) == (409, "form_not_prepared")

    async def test_without_the_certificates_service_it_is_had_later(self, room: Room) -> None:
        await room.office.post(room.address("sign-in-sheet"))
        answer = await room.office.get(room.address("sign-in-sheet.pdf"))
        assert (answer.status_code, answer.json()["code"]) == (503, "form_service_away")
        assert "retry-after" in answer.headers

    async def test_it_is_had_as_soon_as_it_is_printed(
        self, runtime: Runtime, joined: Runtime, open_app: OpenApp, room: Room
    ) -> None:
        await room.office.post(room.address("sign-in-sheet"))
        with pytest.raises(FormInTheMaking) as early:
            await prepared_pdf(joined, sign_in.SIGN_IN_SHEET, room.row.id, 1)
        assert (early.value.status, early.value.retry_after) == (503, 2)
        certificates = await open_app(certificates_app)
        async with certificates.database.unit_of_work() as session:
            await HANDLERS[RosterPrepared](session, (await events_of(runtime, room))[0])
        await render_forms(certificates)
        assert (await prepared_pdf(joined, sign_in.SIGN_IN_SHEET, room.row.id, 1)).startswith(b"%PDF")

    async def test_why_one_cannot_be_printed_is_told(
        self, runtime: Runtime, joined: Runtime, open_app: OpenApp, room: Room
    ) -> None:
        async with runtime.database.unit_of_work() as session:
            await session.execute(
                update(Registration).where(Registration.id == room.people[0].id).values(unit_name="医院😀")
            )
        await room.office.post(room.address("sign-in-sheet"))
        certificates = await open_app(certificates_app)
        async with certificates.database.unit_of_work() as session:
            await HANDLERS[RosterPrepared](session, (await events_of(runtime, room))[0])
        await render_forms(certificates)
        with pytest.raises(FormNotPrintable, match="😀"):
            await prepared_pdf(joined, sign_in.SIGN_IN_SHEET, room.row.id, 1)


@pytest.mark.req("STAFF-07", "PLAT-05", "PLAT-06")
class TestTheFullRoster:
    @staticmethod
    async def fetched(client: httpx.AsyncClient, room: Room, purpose: str, **params: Any) -> httpx.Response:
        asked = {"purpose": purpose, "remark": "寄送第一批证书", **params}
        return await client.get(room.address("full-roster.xlsx"), params=asked)

    @staticmethod
    def rows(answer: httpx.Response) -> list[dict[str, Any]]:
        assert answer.status_code == 200, answer.text
        head, *rows = CalamineWorkbook.from_object(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        return [dict(zip(map(str, head), row, strict=True)) for row in rows]

    async def test_each_purpose_gets_what_it_needs_and_no_more(self, runtime: Runtime, room: Room) -> None:
        without = room.people[0]
        async with runtime.database.unit_of_work() as session:
            await session.execute(update(Registration).where(Registration.id == without.id).values(needs_credit=False))
        posted = self.rows(await self.fetched(room.office, room, "posting"))
        assert {row["收件人手机号码"] for row in posted} == {each.recipient_phone for each in room.people}
        numbers = {each.staff.resident_id for each in room.people}
        assert not numbers & set(map(str, sum((list(row.values()) for row in posted), [])))
        credited = self.rows(await self.fetched(room.office, room, "credit"))
        assert {row["身份证号"] for row in credited} == numbers - {without.staff.resident_id}
        assert "138" not in "".join(str(value)[:3] for row in credited for value in row.values())

    async def test_every_person_s_history_says_who_and_what_for(
        self, room: Room, client_for: ClientFor, runtime: Runtime
    ) -> None:
        assert (await self.fetched(room.office, room, "posting")).status_code == 200
        for person in room.people:
            unit = await client_for(app, next(each for each in room.units if each.organisation_id == person.unit_id))
            history = (await unit.get(f"/api/training/registrations/{person.id}/history")).json()
            assert history[-1]["action_label"] == "导出名册（含完整号码）"
            told = {each["label"]: each["after"] for each in history[-1]["changes"]}
            assert told == {"用途": "寄送证书和资料", "用途说明": "寄送第一批证书"}

    @pytest.mark.parametrize("params", [{"remark": ""}, {"purpose": "curiosity"}])
    async def test_without_a_purpose_there_is_none(self, room: Room, params: dict[str, str]) -> None:
        answer = await self.fetched(room.office, room, **{"purpose": "posting", **params})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, next(iter(params)))

    async def test_only_who_holds_the_classes_gets_it(self, room: Room, client_for: ClientFor) -> None:
        overseer = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320500")
        for actor in (overseer, room.units[0]):
            assert (await self.fetched(await client_for(app, actor), room, "posting")).status_code == 403
