"""成绩登记表 on paper (STAFF-08): whole for the province, its own people's for a unit, and nothing before publication."""

import dataclasses
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.certificates.consumers import HANDLERS
from services.certificates.forms.tasks import render_forms
from services.certificates.main import app as certificates_app
from services.training.main import app
from services.training.people.personnel.models import Person
from services.training.results.scores.certificates import note_certificate
from services.training.results.scores.printing import SCORE_SHEET_PAGE, source_of
from shared.clock import beijing_today, now_utc
from shared.db.history import RecordType, history_of
from shared.db.types import field_cipher
from shared.events.certificates import CertificateIssued
from shared.events.log import EventRow
from shared.events.training import ScoreSheetPrepared
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.web.documents import FormInTheMaking, prepared_pdf
from tests.conftest import ClientFor, make_actor
from tests.services.training.records import today
from tests.services.training.results.attendance.rooms import Room, open_room
from tests.services.training.results.scores.sheets import MEANT, seen

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
SHEETS, RESULTS = "/api/training/score-sheets", "/api/training/results"
pytestmark = pytest.mark.req("STAFF-08")


@dataclasses.dataclass(frozen=True)
class Examined:
    """Two units with two people each, all in skin and eye of one session; ``own`` are the units' clients."""

    room: Room
    office: httpx.AsyncClient
    own: list[httpx.AsyncClient]

    @property
    def sheet(self) -> str:
        return f"{SHEETS}/{self.room.row.id}"

    @property
    def results(self) -> str:
        return f"{RESULTS}/{self.room.row.id}"

    async def grid(self) -> dict[str, Any]:
        answer = await self.office.get(self.sheet)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def publish(self) -> None:
        """Skin 86.5, eye 不合格 without a score."""
        marks: dict[str, dict[str, Any]] = {"skin": {"score": 86.5}, "eye": {"passed": False}}
        rows = (await self.grid())["results"]
        entries = [{"result_id": row["result_id"], **marks[row["specialty_code"]]} for row in rows]
        assert (await self.office.patch(f"{self.sheet}/results", json=entries, headers=seen(999))).status_code == 200
        assert (await self.office.post(f"{self.sheet}/publish", json=MEANT)).status_code == 200


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


@pytest.fixture
async def examined(runtime: Runtime, client_for: ClientFor) -> Examined:
    regions, specialties = ("320102", "320505"), ("skin", "eye")
    room = await open_room(runtime, client_for, regions=regions, specialties=specialties, minimum_attendance=None)
    office = await client_for(app, make_actor(Permission.SCORE_ENTRY, level=Level.PROVINCE))
    return Examined(room, office, [await client_for(app, unit) for unit in room.units])


async def prepared(runtime: Runtime, source_id: UUID) -> list[tuple[int, dict[str, Any]]]:
    """(revision, content) of each state of that document, oldest first."""
    events = await events_of(runtime, source_id)
    return [(each.revision, json.loads(each.content.open(field_cipher()))) for each in events]


async def events_of(runtime: Runtime, source_id: UUID) -> list[ScoreSheetPrepared]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(
            select(EventRow).where(EventRow.type == ScoreSheetPrepared.type).order_by(EventRow.seq)
        )
        found = [ScoreSheetPrepared(**row.payload) for row in rows]
    return [each for each in found if each.source_id == source_id and each.kind == "score_sheet"]


async def certify(runtime: Runtime, room: Room, at: int, number: str) -> None:
    row = room.people[at]
    event = CertificateIssued(
        certificate_id=new_id(),
        number=number,
        registration_id=row.id,
        class_session_id=room.row.id,
        person_id=row.person_id,
        person_name=row.staff.name,
        unit_id=row.unit_id,
        plan_type=room.plan.type_code,
        plan_name=room.plan.name,
        specialties=("职业性皮肤病",),
        issued_on=today(),
        valid_until=None,
    )
    async with runtime.database.unit_of_work() as session:
        await note_certificate(session, event)


class TestBeforePublication:
    @pytest.mark.req("PLAT-02")
    async def test_it_is_refused_in_the_words_of_the_button(self, runtime: Runtime, examined: Examined) -> None:
        button = next(each for each in (await examined.grid())["allowed_actions"] if each["action"] == "print")
        for asked in (examined.office.post(f"{examined.sheet}/print"), examined.office.get(f"{examined.sheet}/pdf")):
            answer = await asked
            assert (answer.status_code, answer.json()["code"]) == (409, "not_published")
            assert (button["allowed"], button["reason"]) == (False, answer.json()["detail"])
            assert "录入完成" in answer.json()["detail"]
        assert await prepared(runtime, examined.room.row.id) == []

    async def test_a_unit_is_told_what_its_page_says(self, examined: Examined) -> None:
        page = (await examined.own[0].get(examined.results)).json()
        for asked in (
            examined.own[0].post(f"{examined.results}/print"),
            examined.own[0].get(f"{examined.results}/pdf"),
        ):
            answer = await asked
            assert (answer.status_code, answer.json()["code"]) == (409, "not_published")
            assert answer.json()["detail"] == page["reason"]


class TestTheWholeSheet:
    async def test_each_row_goes_out_sealed_and_numbered(self, runtime: Runtime, examined: Examined) -> None:
        room = examined.room
        await examined.publish()
        await certify(runtime, room, 0, "苏ZD2026000001")
        asked = [await examined.office.post(f"{examined.sheet}/print") for _ in range(2)]
        assert [(a.status_code, a.json()) for a in asked] == [(202, {"revision": 1}), (202, {"revision": 2})]
        assert asked[0].headers["location"] == f"{examined.sheet}/pdf"
        (_, first), (_, content) = await prepared(runtime, room.row.id)
        assert first == content
        head = {key: value for key, value in content.items() if key not in {"marks", "plan_type", "blank"}}
        assert head == {
            "number": "",
            "title": "培训成绩登记表",
            "plan_name": room.plan.name,
            "session": "第1期（初训）",
            "start_date": room.row.start_date.isoformat(),
            "end_date": room.row.end_date.isoformat(),
            "hours": str(room.plan.hours),
            "pass_mark": "60",
            "unit_name": "",
            "published_on": beijing_today(now_utc()).isoformat(),
            "people": 4,
        }
        rows = (await examined.grid())["results"]
        assert [(m["name"], m["unit_name"], m["specialties"]) for m in content["marks"]] == [
            (row["name"], row["unit_name"], row["specialty_label"]) for row in rows
        ]
        certified = [
            (m["score"], m["conclusion"], m["passed"], m["certificate_number"])
            for m, row in zip(content["marks"], rows, strict=True)
            if row["registration_id"] == str(room.people[0].id)
        ]
        assert sorted(certified) == [("", "不合格", False, "—"), ("86.5", "合格", True, "苏ZD2026000001")]
        assert {m["certificate_number"] for m in content["marks"]} == {"—", "苏ZD2026000001", "待发证"}
        assert not any(m["corrected"] for m in content["marks"])

    @pytest.mark.req("PLAT-05", "PLAT-04")
    async def test_no_resident_id_and_no_phone_goes_out_and_the_history_says_who_asked(
        self, runtime: Runtime, examined: Examined
    ) -> None:
        room = examined.room
        await examined.publish()
        await examined.office.post(f"{examined.sheet}/print")
        written = json.dumps(await prepared(runtime, room.row.id), ensure_ascii=False)
        async with runtime.database.unit_of_work() as session:
            people = await session.scalars(
                select(Person).where(Person.id.in_([each.person_id for each in room.people]))
            )
            numbers = [each.resident_id for each in people] + [each.staff.mobile for each in room.people]
            (step,) = await history_of(session, RecordType("score_sheet_page"), room.row.id)
        assert (len(numbers), [each for each in numbers if each in written]) == (8, [])
        assert (step.action, step.after) == ("prepare", {"rows": 8, "unit_id": None})

    @pytest.mark.req("STAFF-09")
    async def test_what_was_corrected_is_marked_from_then_on(self, runtime: Runtime, examined: Examined) -> None:
        await examined.publish()
        await examined.office.post(f"{examined.sheet}/print")
        row = next(row for row in (await examined.grid())["results"] if row["specialty_code"] == "eye")
        body, address = {"score": 61, "reason": "阅卷有误"}, f"{examined.sheet}/results/{row['result_id']}/correct"
        assert (await examined.office.post(address, json=body, headers=seen(999))).status_code == 200
        await examined.office.post(f"{examined.sheet}/print")
        (_, before), (_, after) = await prepared(runtime, examined.room.row.id)
        assert [m for m in before["marks"] if m["corrected"]] == []
        (corrected,) = [m for m in after["marks"] if m["corrected"]]
        assert (corrected["score"], corrected["conclusion"]) == ("61", "合格")

    @pytest.mark.req("BEY-15")
    async def test_who_lacks_attendance_gets_no_number(self, runtime: Runtime, client_for: ClientFor) -> None:
        room = await open_room(runtime, client_for, 1, specialties=("skin", "eye"))
        office = await client_for(app, make_actor(Permission.SCORE_ENTRY, level=Level.PROVINCE))
        examined = Examined(room, office, [])
        await examined.publish()
        await office.post(f"{examined.sheet}/print")
        ((_, content),) = await prepared(runtime, room.row.id)
        assert {(m["conclusion"], m["certificate_number"]) for m in content["marks"]} == {
            ("合格", "不发证"),
            ("不合格", "—"),
        }

    async def test_it_is_the_provinces(self, client_for: ClientFor, examined: Examined) -> None:
        await examined.publish()
        scheduler = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
        for client, address, status in (
            (examined.own[0], examined.sheet, 403),
            (scheduler, examined.sheet, 403),
            (examined.office, f"{SHEETS}/{new_id()}", 404),
            (examined.office, examined.results, 403),
        ):
            assert (await client.post(f"{address}/print")).status_code == status
            assert (await client.get(f"{address}/pdf")).status_code == status


@pytest.mark.req("CERT-04", "PLAT-06")
class TestAUnitsOwn:
    async def test_it_has_its_own_people_and_no_others(self, runtime: Runtime, examined: Examined) -> None:
        await examined.publish()
        row, units = examined.room.row, examined.room.units
        assert (await examined.own[0].get(f"{examined.results}/pdf")).json()["code"] == "form_not_prepared"
        for client in (examined.own[0], examined.own[1], examined.own[0]):
            answer = await client.post(f"{examined.results}/print")
            assert (answer.status_code, answer.headers["location"]) == (202, f"{examined.results}/pdf")
        sources = [source_of(row.id, unit.organisation_id) for unit in units]
        assert len({*sources, row.id}) == 3
        assert [revision for revision, _ in await prepared(runtime, sources[0])] == [1, 2]
        assert await prepared(runtime, row.id) == []
        grid = (await examined.grid())["results"]
        for unit, source_id in zip(units, sources, strict=True):
            content = (await prepared(runtime, source_id))[-1][1]
            own = [row for row in grid if row["registration_id"] in _people_of(examined, unit.organisation_id)]
            assert (len(own), content["people"]) == (4, 2)
            assert [(m["name"], m["specialties"]) for m in content["marks"]] == [
                (row["name"], row["specialty_label"]) for row in own
            ]
            assert {m["unit_name"] for m in content["marks"]} == {content["unit_name"]} == {own[0]["unit_name"]}

    async def test_a_stranger_finds_nothing(self, client_for: ClientFor, examined: Examined) -> None:
        await examined.publish()
        await examined.own[0].post(f"{examined.results}/print")
        stranger = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        assert (await stranger.post(f"{examined.results}/print")).status_code == 404
        assert (await stranger.get(f"{examined.results}/pdf")).status_code == 404


def _people_of(examined: Examined, unit_id: UUID) -> set[str]:
    return {str(each.id) for each in examined.room.people if each.unit_id == unit_id}


class TestItsFile:
    @pytest.fixture
    async def joined(self, runtime: Runtime, open_app: OpenApp) -> AsyncIterator[Runtime]:
        """Training's runtime with the certificates service within reach."""
        await open_app(certificates_app)
        transport = httpx.ASGITransport(app=certificates_app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport) as client:
            yield dataclasses.replace(runtime, http=client)

    async def test_without_the_certificates_service_it_is_had_later(self, examined: Examined) -> None:
        await examined.publish()
        for client, address in ((examined.office, examined.sheet), (examined.own[0], examined.results)):
            await client.post(f"{address}/print")
            answer = await client.get(f"{address}/pdf")
            assert (answer.status_code, answer.json()["code"]) == (503, "form_service_away")
            assert "成绩登记表" in answer.json()["detail"]

    async def test_it_is_had_as_soon_as_it_is_printed(
        self, runtime: Runtime, joined: Runtime, open_app: OpenApp, examined: Examined
    ) -> None:
        await examined.publish()
        await examined.office.post(f"{examined.sheet}/print")
        source_id = examined.room.row.id
        with pytest.raises(FormInTheMaking, match="成绩登记表"):
            await prepared_pdf(joined, SCORE_SHEET_PAGE, source_id, 1)
        certificates = await open_app(certificates_app)
        async with certificates.database.unit_of_work() as session:
            await HANDLERS[ScoreSheetPrepared](session, (await events_of(runtime, source_id))[0])
        await render_forms(certificates)
        assert (await prepared_pdf(joined, SCORE_SHEET_PAGE, source_id, 1)).startswith(b"%PDF")
