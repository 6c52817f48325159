"""What goes with a person who moves, what stays, and what ends (BEY-14)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.classes.seats.models import Placement, Seat
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.plans.models import Plan
from services.training.results.scores.models import Result
from shared.attachments import Attachment
from shared.db.history import RecordType, history_of
from shared.events.training import ResultPublished
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.selection.classes import assert_counters
from tests.services.training.classes.waiting.queues import ENTRIES, act, fill, queue, status_of
from tests.services.training.desk.transfers.moves import TRANSFERS, Move, between_units, registered, seated
from tests.services.training.people.personnel.forms import PERSONNEL, form
from tests.services.training.people.personnel.test_parts import match, upload
from tests.services.training.results.scores.sheets import publish, told

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
pytestmark = pytest.mark.req("BEY-14")
FULL_FILE = {
    "birth_date": "1985-06-15",
    "nationality": "中国",
    "email": "zhang@example.com",
    "landline": "025-83759999",
    "postcode": "210009",
    "title_level": "3",
    "duty": "科主任",
    "practice_number": "141320000000001",
    "other_practice_places": "南京市第二医院",
}
PAPER: dict[str, Any] = {
    "category": "职业病诊断医师",
    "number": "苏职诊字2019第1号",
    "issued_on": "2019-05-01",
    "expires_on": "2030-04-30",
    "scope": ["职业性皮肤病"],
}


@pytest.fixture
async def move(open_app: OpenApp, client_for: ClientFor) -> Move:
    return await between_units(await open_app(app), client_for, **FULL_FILE)


async def rows(move: Move, model: type[Any], registration_id: UUID) -> list[Any]:
    async with move.runtime.database.unit_of_work() as session:
        return list((await session.scalars(select(model).where(model.registration_id == registration_id))).unique())


async def stored(move: Move, registration: Registration) -> Registration | None:
    async with move.runtime.database.unit_of_work() as session:
        return await session.get(Registration, registration.id)


class TestTheFile:
    async def test_every_field_and_part_is_in_the_new_units_file_and_the_old_one_is_left(self, move: Move) -> None:
        path = f"{PERSONNEL}/{move.person['id']}"
        read = await move.at_old.get(path)
        read = await move.at_old.put(
            f"{path}/departments", json={"departments": ["内科", "体检科"]}, headers=match(read)
        )
        assert (await move.at_old.post(f"{path}/qualifications", json=PAPER)).status_code == 201
        file_id = await upload(move.at_old)
        read = await move.at_old.get(path)
        read = await move.at_old.put(
            f"{path}/attachments/title", json={"attachment_ids": [file_id]}, headers=match(read)
        )
        assert read.status_code == 200, read.text
        before = read.json()
        done = await move.done()
        assert (done["status"], done["direction"]) == ("accepted", "out")
        new = await move.file_at(move.new)
        assert new is not None
        after = (await move.at_new.get(f"{PERSONNEL}/{new.id}")).json()
        changed = {name for name in after if name in before and after[name] != before[name]}
        assert changed <= {"id", "unit_id", "version", "qualifications", "allowed_actions"}
        shown = [{name: row[name] for name in PAPER} for row in after["qualifications"]]
        assert shown == [PAPER]
        assert [each["files"][0]["id"] for each in after["attachments"] if each["files"]] == [file_id]
        assert (await move.at_new.get(f"/api/training/attachments/{file_id}")).status_code == 200
        assert (await move.at_old.get(f"/api/training/attachments/{file_id}")).status_code == 404
        old = (await move.at_old.get(path)).json()
        assert (old["status"], old["name"], len(old["qualifications"])) == ("left", before["name"], 1)
        async with move.runtime.database.unit_of_work() as session:
            stays = await session.get_one(Attachment, UUID(file_id))
            assert (stays.record_id, stays.organisation_id) == (new.id, move.new.organisation_id)

    async def test_an_offer_that_the_new_unit_accepts_moves_the_person_too(self, move: Move) -> None:
        offered = await move.offer()
        answer = await move.at_new.post(f"/api/training/transfers/{offered.json()['id']}/accept")
        assert (answer.status_code, answer.json()["status_label"]) == (200, "已调动")
        files = [await move.file_at(unit) for unit in (move.old, move.new)]
        assert [file and file.status for file in files] == [EmploymentStatus.LEFT, EmploymentStatus.EMPLOYED]

    @pytest.mark.req("PLAT-04")
    async def test_both_files_and_the_transfer_tell_of_it(self, move: Move) -> None:
        done = await move.done()
        new = await move.file_at(move.new)
        assert new is not None
        why = f"人员调动：由{move.old.organisation_name}调入{move.new.organisation_name}"
        async with move.runtime.database.unit_of_work() as session:
            left = (await history_of(session, RecordType("staff_member"), move.staff_id))[-1]
            came = await history_of(session, RecordType("staff_member"), new.id)
            steps = await history_of(session, RecordType("transfer"), UUID(done["id"]))
        assert (left.action, left.reason) == ("leave", why)
        assert [(row.action, row.reason) for row in came] == [("create", why)]
        assert [row.action for row in steps] == ["create", "move", "accept"]
        history = (await move.at_new.get(f"/api/training/transfers/{done['id']}/history")).json()
        assert [row["action_label"] for row in history] == ["发起", "转移档案", "同意调动"]

    async def test_an_older_file_of_the_new_unit_is_brought_up_to_date_and_the_person_in_post_again(
        self, move: Move
    ) -> None:
        number = move.person["resident_id"]
        there = f"{PERSONNEL}/{move.person['id']}"
        await move.at_old.post(f"{there}/leave")
        before = await move.at_new.post(PERSONNEL, json=form(resident_id=number, mobile="13900000000", email=None))
        path = before.headers["location"]
        paper = {**PAPER, "number": "自有1"}
        for each in (PAPER, paper):
            assert (await move.at_new.post(f"{path}/qualifications", json=each)).status_code == 201
        at_old = f"{PERSONNEL}/{move.person['id']}"
        assert (await move.at_old.post(f"{at_old}/qualifications", json=PAPER)).status_code == 201
        read, own = await move.at_new.get(path), await upload(move.at_new)
        await move.at_new.put(f"{path}/attachments/title", json={"attachment_ids": [own]}, headers=match(read))
        read, newer = await move.at_old.get(at_old), await upload(move.at_old)
        await move.at_old.put(f"{at_old}/attachments/title", json={"attachment_ids": [newer]}, headers=match(read))
        await move.at_new.post(f"{path}/leave")
        assert (await move.at_old.post(f"{there}/resume")).status_code == 200
        await move.done()
        after = (await move.at_new.get(path)).json()
        assert (after["id"], after["status"], after["email"]) == (before.json()["id"], "employed", FULL_FILE["email"])
        assert after["mobile"] == move.person["mobile"]
        assert sorted({row["number"] for row in after["qualifications"]}) == sorted({PAPER["number"], "自有1"})
        assert [file["id"] for each in after["attachments"] for file in each["files"]] == [newer]


class TestWhatWasSent:
    @pytest.mark.req("TRN-41", "TRN-42")
    async def test_unsent_and_returned_registrations_end_and_sent_ones_move_along(self, move: Move) -> None:
        unsent = await registered(move, status=RegistrationStatus.DRAFT)
        returned = await registered(move, status=RegistrationStatus.RETURNED)
        sent = await registered(move, status=RegistrationStatus.SUBMITTED)
        approved = await registered(move)
        await move.done()
        new = await move.file_at(move.new)
        assert new is not None
        async with move.runtime.database.unit_of_work() as session:
            for gone in (unsent, returned):
                assert await session.get(Registration, gone.id) is None
                assert (await history_of(session, RecordType("registration"), gone.id))[-1].action == "delete"
            for moved in (sent, approved):
                row = await session.get_one(Registration, moved.id)
                assert (row.unit_id, row.unit_name) == (move.new.organisation_id, move.new.organisation_name)
                assert (row.region_code, row.staff_id, row.status) == (move.new.region_code, new.id, moved.status)
                assert (await history_of(session, RecordType("registration"), moved.id))[-1].action == "transfer"
        for registration in (sent, approved):
            path = f"/api/training/registrations/{registration.id}"
            assert (await move.at_new.get(path)).status_code == 200
            assert (await move.at_old.get(path)).status_code == 404

    @pytest.mark.req("X11")
    async def test_a_seat_and_the_marks_of_it_move_and_nothing_is_counted_twice(
        self, move: Move, client_for: ClientFor
    ) -> None:
        sitting = await seated(move, client_for)
        person = sitting.people[0]
        assert (await sitting.office.get(sitting.sheet)).status_code == 200
        await move.done()
        for model in (Seat, Placement, Result):
            (row,) = await rows(move, model, person.id)
            assert row.unit_id == move.new.organisation_id, model
        async with move.runtime.database.unit_of_work() as session:
            await assert_counters(session, sitting.plan)
        await publish(sitting, {(move.person["name"], "skin"): 90})
        (event,) = await told(move.runtime, sitting, ResultPublished)
        assert (event.unit_id, event.unit_name) == (move.new.organisation_id, move.new.organisation_name)
        page = f"/api/training/results/{sitting.row.id}"
        assert len((await move.at_new.get(page)).json()["results"]) == 1
        assert (await move.at_old.get(page)).status_code == 404

    async def test_what_is_published_stays_where_it_was(self, move: Move, client_for: ClientFor) -> None:
        sitting = await seated(move, client_for)
        await publish(sitting, {(move.person["name"], "skin"): 90})
        await move.done()
        row = await stored(move, sitting.people[0])
        assert row is not None
        assert (row.unit_id, row.staff_id) == (move.old.organisation_id, move.staff_id)
        assert len((await move.at_old.get(f"/api/training/results/{sitting.row.id}")).json()["results"]) == 1
        assert (await move.at_new.get(f"/api/training/results/{sitting.row.id}")).status_code == 404

    @pytest.mark.req("BEY-02")
    async def test_a_turn_in_a_queue_comes_along(self, move: Move, client_for: ClientFor) -> None:
        holder = make_actor(Permission.GROUP_REGISTRATION)
        full = await fill(move.runtime, holder, await client_for(app, holder), capacity=1)
        person = await registered(move, "skin", plan=full.plan)
        (entry,) = await queue(move.at_old, full, [person])
        await move.done()
        assert (await move.at_old.get(f"{ENTRIES}/{entry}")).status_code == 404
        assert await status_of(move.at_new, entry) == "waiting"
        await full.give_up(1)
        await full.sweep()
        assert await status_of(move.at_new, entry) == "offered"
        assert (await act(move.at_new, entry, "accept"))[0] == 200

    @pytest.mark.req("BEY-02")
    async def test_an_offer_comes_along(self, move: Move, client_for: ClientFor) -> None:
        holder = make_actor(Permission.GROUP_REGISTRATION)
        full = await fill(move.runtime, holder, await client_for(app, holder), capacity=1)
        person = await registered(move, "skin", plan=full.plan)
        (entry,) = await queue(move.at_old, full, [person])
        await full.give_up(1)
        await full.sweep()
        await move.done()
        await full.sweep()
        assert await status_of(move.at_new, entry) == "offered"
        assert (await act(move.at_new, entry, "accept"))[0] == 200

    @pytest.mark.req("BEY-02")
    async def test_who_queued_with_others_leaves_them_their_turn(self, move: Move, client_for: ClientFor) -> None:
        holder = make_actor(Permission.GROUP_REGISTRATION)
        full = await fill(move.runtime, holder, await client_for(app, holder), capacity=2)
        person = await registered(move, "skin", plan=full.plan)
        (other,) = await full.people(move.old, 1)
        (entry,) = await queue(move.at_old, full, [person, other], together=True)
        await move.done()
        left = (await move.at_old.get(f"{ENTRIES}/{entry}")).json()
        assert (left["status"], left["size"]) == ("waiting", 1)
        await full.give_up(1)
        await full.sweep()
        assert await status_of(move.at_old, entry) == "offered"
        assert (await act(move.at_old, entry, "accept"))[0] == 200

    @pytest.mark.req("BEY-02", "BEY-01")
    async def test_who_was_offered_a_place_with_others_leaves_them_theirs(
        self, move: Move, client_for: ClientFor
    ) -> None:
        holder = make_actor(Permission.GROUP_REGISTRATION)
        full = await fill(move.runtime, holder, await client_for(app, holder), capacity=2)
        person = await registered(move, "skin", plan=full.plan)
        (other,) = await full.people(move.old, 1)
        (entry,) = await queue(move.at_old, full, [person, other], together=True)
        await full.give_up(2)
        await full.sweep()
        assert await status_of(move.at_old, entry) == "offered"
        await move.done()
        left = (await move.at_old.get(f"{ENTRIES}/{entry}")).json()
        assert (left["status"], [each["registration_id"] for each in left["people"]]) == ("offered", [str(other.id)])
        assert (await act(move.at_old, entry, "accept"))[0] == 200
        async with move.runtime.database.unit_of_work() as session:
            await assert_counters(session, full.plan)


@pytest.mark.req("BEY-14", "TRN-06", "PLAT-06")
async def test_what_a_move_deletes_is_named_before_to_whose_it_is(move: Move) -> None:
    person = await registered(move, "skin", status=RegistrationStatus.DRAFT)
    async with move.runtime.database.unit_of_work() as session:
        plan = await session.get_one(Plan, person.plan_id)
    asked = (await move.ask()).json()
    assert asked["dropped_plans"] == []
    address = f"{TRANSFERS}/{asked['id']}"
    assert (await move.at_old.get(address)).json()["dropped_plans"] == [plan.name]
    assert (await move.at_old.post(f"{address}/accept")).json()["dropped_plans"] == []
