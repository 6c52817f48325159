"""A person's name and resident id are put right after the certificate, by request or by the province itself (STAFF-15, TRN-08)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from services.training.consumers import HANDLERS
from services.training.main import app
from services.training.people.personnel.models import Person, StaffMember
from shared.db.history import RecordType, history_of
from shared.db.types import field_cipher
from shared.events.certificates import CertificateRetried
from shared.events.log import EventRow
from shared.events.training import Correction, ResultCorrected
from shared.events.training_people import IdentityCorrectionDecided, IdentityCorrectionRequested
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.people.personnel.forms import PERSONNEL
from tests.services.training.people.personnel.test_parts import match, upload
from tests.services.training.records import add_staff, resident_id
from tests.services.training.results.scores.sheets import Seated, publish, seat_people, told
from tests.services.training.results.scores.test_results import issued

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
pytestmark = pytest.mark.req("STAFF-15", "STAFF-09", "TRN-08")
CORRECTIONS = "/api/training/identity-corrections"


@dataclass
class Desk:
    """甲0 of a unit has passed and has a certificate; ``office`` decides, ``keeper`` keeps the unit's files."""

    runtime: Runtime
    seated: Seated
    keeper: httpx.AsyncClient
    office: httpx.AsyncClient
    certificate_id: str
    number: str

    @property
    def file(self) -> str:
        return f"{PERSONNEL}/{self.seated.people[0].staff_id}"

    @property
    def old_id(self) -> str:
        return self.seated.people[0].staff.person.resident_id

    async def correct(self, client: httpx.AsyncClient, **body: Any) -> httpx.Response:
        asked = {"staff_id": str(self.seated.people[0].staff_id), "reason": "登记时录错", **body}
        if "attachment_ids" not in asked:
            asked["attachment_ids"] = [await upload(client)]
        return await client.post(CORRECTIONS, json={key: value for key, value in asked.items() if value is not None})

    async def events(self, kind: type[Any]) -> list[Any]:
        async with self.runtime.database.unit_of_work() as session:
            rows = await session.scalars(select(EventRow).where(EventRow.type == kind.type).order_by(EventRow.seq))
            return [kind(**row.payload) for row in rows]


@pytest.fixture
async def desk(open_app: OpenApp, client_for: ClientFor) -> Desk:
    runtime = await open_app(app)
    seated = await seat_people(runtime, client_for, 1, "skin")
    await publish(seated, {("甲0", "skin"): 80})
    event = issued(seated, 0, new_id(), f"苏ZD{new_id().hex[-8:]}")
    async with runtime.database.unit_of_work() as session:
        await HANDLERS[type(event)](session, event)
    filing = Permission.INSTITUTION_FILING
    keeper = await client_for(app, make_actor(filing, organisation_id=seated.unit.organisation_id))
    office = await client_for(app, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE))
    return Desk(runtime, seated, keeper, office, str(event.certificate_id), event.number)


class TestTheWayThere:
    @pytest.mark.req("PLAT-02", "CERT-05")
    async def test_a_name_that_is_on_a_certificate_is_not_simply_changed(self, desk: Desk) -> None:
        read = await desk.keeper.get(desk.file)
        (action,) = [each for each in read.json()["allowed_actions"] if each["action"] == "correct_identity"]
        assert action["allowed"]
        refused = await desk.keeper.patch(desk.file, json={"name": "甲零"}, headers=match(read))
        assert refused.status_code == 422
        (error,) = refused.json()["errors"]
        assert (error["field"], error["code"]) == ("name", "name_on_certificate")
        assert action["label"] in error["message"]
        checked = await desk.keeper.post(
            f"{PERSONNEL}/check", params={"staff_id": desk.file.rpartition("/")[2]}, json={"name": "甲零"}
        )
        assert [each["code"] for each in checked.json()["errors"]] == ["name_on_certificate"]
        same = await desk.keeper.patch(desk.file, json={"name": "甲0", "email": "a@b.cn"}, headers=match(read))
        assert same.status_code == 200

    @pytest.mark.req("PLAT-02")
    async def test_the_refusal_of_the_number_leads_to_the_correction(self, desk: Desk) -> None:
        read = await desk.keeper.get(desk.file)
        body = {"resident_id": resident_id(date(1980, 2, 2))}
        refused = await desk.keeper.patch(desk.file, json=body, headers=match(read))
        assert (refused.status_code, refused.json()["code"]) == (409, "resident_id_in_use")
        assert "申请更正姓名、身份证号" in refused.json()["detail"]
        assert "删除其报名" not in refused.json()["detail"]

    async def test_without_a_certificate_the_unit_changes_the_name_itself(
        self, open_app: OpenApp, client_for: ClientFor
    ) -> None:
        runtime = await open_app(app)
        seated = await seat_people(runtime, client_for, 1, "skin")
        await publish(seated, {("甲0", "skin"): 10})
        filing = Permission.INSTITUTION_FILING
        keeper = await client_for(app, make_actor(filing, organisation_id=seated.unit.organisation_id))
        path = f"{PERSONNEL}/{seated.people[0].staff_id}"
        read = await keeper.get(path)
        assert (await keeper.patch(path, json={"name": "甲零"}, headers=match(read))).status_code == 200


class TestTheCorrection:
    @pytest.mark.parametrize("by", ["request", "province", "certificate"])
    async def test_all_that_the_person_has_follows(self, desk: Desk, by: str) -> None:
        new_id_number = resident_id(date(1981, 3, 4))
        to = {"name": "甲零", "resident_id": new_id_number}
        if by == "request":
            asked = await desk.correct(desk.keeper, **to)
            assert (asked.status_code, asked.json()["status"]) == (201, "requested")
            assert (asked.json()["certificate_numbers"], asked.json()["waiting_days"]) == ([desk.number], 0)
            assert (await desk.keeper.get(desk.file)).json()["name"] == "甲0"
            assert await desk.events(IdentityCorrectionRequested)
            answer = await desk.office.post(f"{CORRECTIONS}/{asked.json()['id']}/accept")
        elif by == "province":
            answer = await desk.correct(desk.office, **to)
        else:
            answer = await desk.correct(desk.office, **to, staff_id=None, certificate_id=desk.certificate_id)
        assert answer.status_code in {200, 201}, answer.text
        assert (answer.json()["status_label"], answer.json()["waiting_days"]) == ("已更正", None)
        file = (await desk.keeper.get(desk.file)).json()
        assert (file["name"], file["resident_id"], file["birth_date"]) == ("甲零", new_id_number, "1985-06-15")
        (event,) = await told(desk.runtime, desk.seated, ResultCorrected)
        assert (event.of, event.person_name, event.passed) == (Correction.IDENTITY, "甲零", True)
        assert event.resident_id.open(field_cipher()) == new_id_number
        async with desk.runtime.database.unit_of_work() as session:
            person = await session.get_one(Person, desk.seated.people[0].person_id)
            assert person.id_index == field_cipher().blind_index(new_id_number)
            steps = await history_of(session, RecordType("staff_member"), desk.seated.people[0].staff_id)
        (step,) = [each for each in steps if each.action == "correct_identity"]
        assert step.reason == "登记时录错"
        assert new_id_number not in str(step.after)
        decided = [e for e in await desk.events(IdentityCorrectionDecided) if e.person_name == "甲零"][-1]
        assert desk.seated.unit.organisation_id in decided.unit_ids
        assert desk.number in decided.answer
        history = (await desk.office.get(f"{CORRECTIONS}/{answer.json()['id']}/history")).json()
        assert [each["action_label"] for each in history if each["action"] in {"create", "accept"}] == [
            "提出",
            "同意更正",
        ]

    async def test_every_units_file_says_the_new_name(self, desk: Desk, client_for: ClientFor) -> None:
        other = make_actor(Permission.INSTITUTION_FILING)
        client = await client_for(app, other)
        async with desk.runtime.database.unit_of_work() as session:
            staff = await add_staff(session, other, "甲0")
            staff.person_id = desk.seated.people[0].person_id
        assert (await desk.correct(desk.office, name="甲零")).status_code == 201
        assert (await client.get(f"{PERSONNEL}/{staff.id}")).json()["name"] == "甲零"

    @pytest.mark.parametrize("hangs", [True, False])
    async def test_a_number_is_one_persons(self, desk: Desk, client_for: ClientFor, hangs: bool) -> None:
        number = resident_id(date(1982, 4, 5))
        other = make_actor(Permission.INSTITUTION_FILING)
        client = await client_for(app, other)
        async with desk.runtime.database.unit_of_work() as session:
            staff = await add_staff(session, other, "乙", resident_id=number)
        if not hangs:
            assert (await client.delete(f"{PERSONNEL}/{staff.id}")).status_code == 204
        answer = await desk.correct(desk.office, resident_id=number)
        if hangs:
            assert answer.status_code == 422
            assert [each["code"] for each in answer.json()["errors"]] == ["resident_id_taken"]
            assert (await desk.keeper.get(desk.file)).json()["resident_id"] == desk.old_id
            assert await told(desk.runtime, desk.seated, ResultCorrected) == []
        else:
            assert answer.status_code == 201, answer.text


class TestTheDesk:
    async def test_declined_and_withdrawn_change_nothing(self, desk: Desk) -> None:
        first = (await desk.correct(desk.keeper, name="甲零")).json()
        open_already = await desk.correct(desk.keeper, name="甲壹")
        assert (open_already.status_code, open_already.json()["code"]) == (409, "identity_correction_open")
        path = f"{CORRECTIONS}/{first['id']}"
        assert (await desk.office.post(f"{path}/decline", json={})).status_code == 422
        assert (await desk.office.post(f"{path}/decline", json={"reason": "材料不清"})).json()["status"] == "declined"
        assert (await desk.office.post(f"{path}/accept")).status_code == 409
        decided = (await desk.events(IdentityCorrectionDecided))[-1]
        assert (decided.unit_ids, "材料不清" in decided.answer) == ((desk.seated.unit.organisation_id,), True)
        again = (await desk.correct(desk.keeper, name="甲零")).json()
        assert (await desk.keeper.post(f"{CORRECTIONS}/{again['id']}/withdraw")).json()["status"] == "withdrawn"
        assert (await desk.keeper.get(desk.file)).json()["name"] == "甲0"
        assert await told(desk.runtime, desk.seated, ResultCorrected) == []

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"attachment_ids": []}, "attachment_ids"),
            ({"attachment_ids": [str(new_id())]}, "attachment_ids.0"),
            ({"reason": " "}, "reason"),
            ({"resident_id": "123"}, "resident_id"),
            ({"staff_id": None}, "staff_id"),
        ],
    )
    async def test_evidence_reason_and_person_are_needed(self, desk: Desk, body: dict[str, Any], field: str) -> None:
        answer = await desk.correct(desk.keeper, **{"name": "甲零", **body})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] in {field, field.partition(".")[0]}

    async def test_what_changes_nothing_is_refused(self, desk: Desk) -> None:
        for body in ({}, {"name": "甲0"}, {"resident_id": desk.old_id}):
            answer = await desk.correct(desk.keeper, **body)
            assert (answer.status_code, answer.json()["code"]) == (409, "nothing_corrected")

    @pytest.mark.req("PLAT-05", "PLAT-06", "PLAT-07")
    async def test_strangers_see_neither_person_nor_request_nor_evidence(
        self, desk: Desk, client_for: ClientFor
    ) -> None:
        made = (await desk.correct(desk.keeper, resident_id=resident_id(date(1983, 5, 6)))).json()
        stranger = await client_for(app, make_actor(Permission.INSTITUTION_FILING))
        file_id = made["attachments"][0]["id"]
        for path in (
            f"{CORRECTIONS}/{made['id']}",
            f"{CORRECTIONS}/{made['id']}/history",
            f"/api/training/attachments/{file_id}",
        ):
            assert (await stranger.get(path)).status_code == 404
            assert (await desk.office.get(path)).status_code == 200
        assert (await stranger.get(CORRECTIONS)).json()["items"] == []
        for named in ({}, {"staff_id": None, "certificate_id": desk.certificate_id}):
            assert (await desk.correct(stranger, name="甲零", **named)).status_code == 404
        assert (await stranger.post(f"{CORRECTIONS}/{made['id']}/withdraw")).status_code == 404
        assert (await desk.keeper.post(f"{CORRECTIONS}/{made['id']}/accept")).status_code == 403
        listed = (await desk.keeper.get(CORRECTIONS)).json()["items"][0]
        assert "********" in listed["new_resident_id"]
        assert made["new_resident_id"] not in str(listed)


class TestCheckDigits:
    async def test_an_id_that_misses_its_check_digit_is_asked_for_by_saying_so(
        self, desk: Desk, client_for: ClientFor
    ) -> None:
        right = resident_id(date(1981, 3, 3))
        number = right[:-1] + ("0" if right[-1] != "0" else "1")
        unsaid = await desk.correct(desk.keeper, resident_id=number)
        (error,) = unsaid.json()["errors"]
        assert (error["field"], error["code"]) == ("resident_id", "resident_id_checksum")
        assert "勾选" in error["message"]
        asked = await desk.correct(desk.keeper, resident_id=number, check_digit_confirmed=True)
        done = await desk.office.post(f"{CORRECTIONS}/{asked.json()['id']}/accept", json={})
        assert done.status_code == 200, done.text
        read = await desk.keeper.get(desk.file)
        assert read.json()["resident_id"] == number
        stranger = await client_for(app, make_actor(Permission.INSTITUTION_FILING))
        known = {"resident_id": number, "name": read.json()["name"]}
        assert (await stranger.post(f"{PERSONNEL}/look-up", json=known)).status_code == 200
        assert (await stranger.post(f"{PERSONNEL}/look-up", json={**known, "name": "别人"})).status_code == 422


@pytest.mark.req("BEY-19", "STAFF-10")
class TestPagesTriedAgain:
    async def test_certificates_hear_how_the_person_is_called_now(self, desk: Desk) -> None:
        person = desk.seated.people[0]
        event = CertificateRetried(
            certificate_id=UUID(desk.certificate_id),
            registration_id=person.id,
            class_session_id=desk.seated.row.id,
            person_id=person.person_id,
        )
        async with desk.runtime.database.unit_of_work() as session:
            # As a name of before 2026 may stand, which no correction has touched.
            await session.execute(update(StaffMember).where(StaffMember.id == person.staff_id).values(name="甲䶮"))
            await HANDLERS[CertificateRetried](session, event)
        (last,) = [
            each for each in await told(desk.runtime, desk.seated, ResultCorrected) if each.person_name == "甲䶮"
        ]
        assert (last.of, last.passed) == (Correction.IDENTITY, True)
        assert "重新制作" in last.reason

    async def test_one_of_whom_nothing_is_published_here_is_nobody(self, desk: Desk) -> None:
        before = len(await told(desk.runtime, desk.seated, ResultCorrected))
        event = CertificateRetried(
            certificate_id=new_id(), registration_id=new_id(), class_session_id=new_id(), person_id=new_id()
        )
        async with desk.runtime.database.unit_of_work() as session:
            await HANDLERS[CertificateRetried](session, event)
        assert len(await told(desk.runtime, desk.seated, ResultCorrected)) == before
