"""The record of a person over all units, and the certificates in the file: what comes along, and what stays (BEY-14)."""

from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.results.scores.certificates import note_certificate
from shared.clock import now_utc
from shared.events.certificates import CertificateIssued
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.desk.transfers.moves import Move, between_units, earned, registered, seated
from tests.services.training.people.personnel.forms import PERSONNEL, form
from tests.services.training.records import today
from tests.services.training.results.scores.sheets import publish

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
pytestmark = pytest.mark.req("BEY-14")


@pytest.fixture
async def move(open_app: OpenApp, client_for: ClientFor) -> Move:
    return await between_units(await open_app(app), client_for)


class TestTheRecord:
    @pytest.mark.req("CERT-06")
    async def test_the_present_unit_sees_the_training_of_all_units_and_nobody_else_does(
        self, move: Move, client_for: ClientFor
    ) -> None:
        sitting = await seated(move, client_for)
        await publish(sitting, {(move.person["name"], "skin"): 90})
        person, number = sitting.people[0], f"苏ZD{new_id().hex[-8:]}"
        async with move.runtime.database.unit_of_work() as session:
            event = CertificateIssued(
                certificate_id=new_id(),
                number=number,
                registration_id=person.id,
                class_session_id=sitting.row.id,
                person_id=person.person_id,
                person_name=person.staff.name,
                unit_id=person.unit_id,
                plan_type=sitting.plan.type_code,
                plan_name=sitting.plan.name,
                specialties=("职业性皮肤病",),
                issued_on=today(),
                valid_until=None,
            )
            await note_certificate(session, event)
        later = await seated(move, client_for, start_in=40)
        await move.done()
        new = await move.file_at(move.new)
        assert new is not None
        body = (await move.at_new.get(f"{PERSONNEL}/{new.id}/record")).json()
        assert [(each["plan_name"], each["unit_name"]) for each in body["entries"]] == [
            (later.plan.name, move.new.organisation_name),
            (sitting.plan.name, move.old.organisation_name),
        ]
        newest, first = (each["sessions"][0] for each in body["entries"])
        assert (newest["results"], newest["certificate_number"]) == ([], None)
        assert first["results"] == [{"specialty_label": "职业性皮肤病", "score": 90, "conclusion": "合格"}]
        assert first["certificate_number"] == number
        gone = await move.at_old.get(f"{PERSONNEL}/{move.person['id']}/record")
        assert (gone.status_code, gone.json()["code"]) == (409, "person_left")
        for staff_id in (new.id, move.staff_id):
            assert (await move.stranger.get(f"{PERSONNEL}/{staff_id}/record")).status_code == 404

    @pytest.mark.req("TRN-05", "PLAT-06")
    async def test_certificates_come_along_also_late_ones_and_newer_ones_do_not_go_back(self, move: Move) -> None:
        before, late = [await registered(move, "skin", results_published_at=now_utc()) for _ in range(2)]
        await earned(move, before, "苏早1")
        await move.done()
        await earned(move, late, "苏迟2")
        new = await move.file_at(move.new)
        assert new is not None
        newer = await registered(move, "skin", unit=move.new)
        await earned(move, newer, "苏新3")
        at_old = (await move.at_old.get(f"{PERSONNEL}/{move.person['id']}")).json()
        at_new = (await move.at_new.get(f"{PERSONNEL}/{new.id}")).json()
        assert sorted(at_old["certificate_numbers"]) == ["苏早1", "苏迟2"]
        assert sorted(at_new["certificate_numbers"]) == ["苏新3", "苏早1", "苏迟2"]

    @pytest.mark.req("PLAT-06")
    async def test_who_was_added_after_leaving_brings_nothing_along(self, move: Move, client_for: ClientFor) -> None:
        sitting = await seated(move, client_for)
        await publish(sitting, {(move.person["name"], "skin"): 90})
        await earned(move, sitting.people[0], "苏早4")
        await move.at_old.post(f"{PERSONNEL}/{move.person['id']}/leave")
        made = await move.at_new.post(PERSONNEL, json=form(resident_id=move.person["resident_id"]))
        assert made.status_code == 201, made.text
        assert (await move.at_new.get(f"{made.headers['location']}/record")).json()["entries"] == []
        assert "苏早4" not in (await move.at_new.get(made.headers["location"])).text

    @pytest.mark.req("PLAT-06")
    async def test_what_another_unit_has_not_sent_is_its_own(self, move: Move) -> None:
        await registered(move, status=RegistrationStatus.DRAFT)
        path = f"{PERSONNEL}/{move.person['id']}/record"
        assert len((await move.at_old.get(path)).json()["entries"]) == 1
        await move.at_old.post(f"{PERSONNEL}/{move.person['id']}/leave")
        number = move.person["resident_id"]
        made = await move.at_new.post(PERSONNEL, json=form(resident_id=number))
        assert (await move.at_new.get(f"{made.headers['location']}/record")).json()["entries"] == []
        file = await move.file_at(move.new)
        assert file is not None
        assert file.status is EmploymentStatus.EMPLOYED
