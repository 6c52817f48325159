"""Who may propose and decide a move between units, and what strangers learn of it: nothing (BEY-14)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.main import app
from services.training.people.institutions.models import Institution
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from shared.db.history import History
from shared.events.log import EventRow
from shared.events.training_people import TransferDecided, TransferProposed
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.desk.transfers.moves import TRANSFERS, Move, between_units, credit_code
from tests.services.training.people.personnel.forms import PERSONNEL, fresh_id
from tests.services.training.people.personnel.test_parts import submit_filing

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
NOBODY = "没有找到可以调入的人员，请核对身份证号和姓名，或请其现单位发起调出"
pytestmark = pytest.mark.req("BEY-14")


@pytest.fixture
async def move(open_app: OpenApp, client_for: ClientFor) -> Move:
    return await between_units(await open_app(app), client_for)


async def told(move: Move, kind: type[Any], transfer_id: str) -> list[Any]:
    async with move.runtime.database.unit_of_work() as session:
        mine = select(EventRow.payload).where(
            EventRow.type == kind.type, EventRow.payload["transfer_id"].astext == transfer_id
        )
        return [kind(**payload) for payload in await session.scalars(mine.order_by(EventRow.seq))]


class TestAsking:
    async def test_number_and_name_find_the_person_and_the_present_unit_is_asked(self, move: Move) -> None:
        answer = await move.ask()
        assert answer.status_code == 201, answer.text
        body = answer.json()
        assert (body["direction"], body["own"], body["status"]) == ("in", True, "proposed")
        assert (body["from_unit_name"], body["to_unit_name"]) == (
            "现单位（同意调动后显示）",
            move.new.organisation_name,
        )
        assert (body["from_unit_id"], move.old.organisation_name in answer.text) == (None, False)
        (event,) = await told(move, TransferProposed, body["id"])
        assert (event.asked_unit_id, event.proposed_by) == (move.old.organisation_id, move.new.organisation_id)
        other = (await move.at_old.get(answer.headers["location"])).json()
        assert (other["direction"], other["own"]) == ("out", False)
        assert (body["status_label"], other["status_label"]) == ("待对方确认", "待本单位确认")
        assert other["from_unit_name"] == move.old.organisation_name
        await move.at_old.post(f"{answer.headers['location']}/accept")
        accepted = (await move.at_new.get(answer.headers["location"])).json()
        assert accepted["from_unit_name"] == move.old.organisation_name

    @pytest.mark.req("PLAT-06")
    async def test_who_refuses_is_not_named_either(self, move: Move) -> None:
        path = (await move.ask()).headers["location"]
        await move.at_old.post(f"{path}/refuse", json={"reason": "仍在聘期内"})
        seen = [await move.at_new.get(each) for each in (path, f"{path}/history", TRANSFERS)]
        assert [move.old.organisation_name in answer.text for answer in seen] == [False] * 3
        assert seen[1].json()[-1]["actor_name"] == "现单位（同意调动后显示）"
        assert move.old.organisation_name in (await move.at_old.get(f"{path}/history")).text

    @pytest.mark.req("PLAT-05", "PLAT-06")
    async def test_every_miss_gets_the_same_answer(self, move: Move, client_for: ClientFor) -> None:
        left = await between_units(move.runtime, client_for)
        await left.at_old.post(f"{PERSONNEL}/{left.person['id']}/leave")
        misses = (
            {"name": "李四"},
            {"resident_id": fresh_id()},
            {"resident_id": left.person["resident_id"], "name": left.person["name"]},
        )
        answers = [await move.ask(**changes) for changes in misses]
        assert {answer.status_code for answer in answers} == {422}
        kept = [{**answer.json(), "correlation_id": ""} for answer in answers]
        assert all(each == kept[0] for each in kept)
        assert (kept[0]["detail"], kept[0]["errors"][0]["field"]) == (NOBODY, "resident_id")

    async def test_who_is_here_already_needs_no_transfer(self, move: Move) -> None:
        body = {"direction": "in", "resident_id": move.person["resident_id"], "name": move.person["name"]}
        answer = await move.at_old.post(TRANSFERS, json=body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "person_already_there")

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({"direction": "in"}, ["resident_id", "name"]),
            ({"direction": "out"}, ["staff_id", "to_credit_code"]),
            ({"direction": "up"}, ["direction"]),
            ({"direction": "in", "resident_id": "1", "name": " "}, ["resident_id", "name"]),
        ],
    )
    async def test_what_is_missing_is_named(self, move: Move, body: dict[str, Any], fields: list[str]) -> None:
        answer = await move.at_new.post(TRANSFERS, json=body)
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, fields)

    async def test_one_open_transfer_at_a_time(self, move: Move) -> None:
        first = await move.ask()
        for again in (await move.ask(), await move.offer()):
            assert (again.status_code, again.json()["code"]) == (409, "transfer_open")
        await move.at_new.post(f"{TRANSFERS}/{first.json()['id']}/withdraw")
        assert (await move.ask()).status_code == 201

    @pytest.mark.req("ORG-04", "ORG-05")
    async def test_the_unit_that_proposes_needs_an_open_filing(
        self, move: Move, client_for: ClientFor, unfiled_client_for: ClientFor, make_actor: Any
    ) -> None:
        body = {"direction": "in", "resident_id": move.person["resident_id"], "name": move.person["name"]}
        empty = await unfiled_client_for(app, make_actor(*move.new.permissions))
        answer = await empty.post(TRANSFERS, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "filing_missing")
        await submit_filing(move.at_new)
        assert (await move.ask()).json()["code"] == "filing_submitted"


class TestOffering:
    async def test_the_unit_is_found_by_its_exact_code(self, move: Move) -> None:
        answer = await move.offer(note="调往新院区")
        assert answer.status_code == 201, answer.text
        assert (answer.json()["direction"], answer.json()["to_unit_name"]) == ("out", move.new.organisation_name)
        (event,) = await told(move, TransferProposed, answer.json()["id"])
        assert event.asked_unit_id == move.new.organisation_id

    @pytest.mark.req("X22")
    async def test_units_that_share_a_code_are_told_apart_by_name(self, move: Move, client_for: ClientFor) -> None:
        code = await move.code_of(move.new)
        async with move.runtime.database.unit_of_work() as session:
            known = await session.get_one(Institution, move.new.organisation_id)
            session.add(
                Institution(
                    id=new_id(),
                    name=f"{known.name}分院",
                    name_search="",
                    credit_code=code,
                    region_code=known.region_code,
                    active=True,
                )
            )
        answer = await move.offer()
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "to_unit_name")
        assert f"{move.new.organisation_name}分院" in answer.json()["errors"][0]["message"]
        assert (await move.offer(to_unit_name=move.new.organisation_name)).status_code == 201

    async def test_unknown_units_and_people_of_others_or_gone_are_refused(self, move: Move) -> None:
        for code in (credit_code(), await move.code_of(move.old)):
            answer = await move.offer(to_credit_code=code)
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unit_unknown")
        body = {"direction": "out", "staff_id": move.person["id"], "to_credit_code": await move.code_of(move.old)}
        assert (await move.stranger.post(TRANSFERS, json=body)).status_code == 404
        await move.at_old.post(f"{PERSONNEL}/{move.person['id']}/leave")
        assert (await move.offer()).json()["code"] == "person_left"


class TestDeciding:
    @pytest.mark.req("PLAT-02")
    async def test_only_the_other_unit_decides_and_only_the_proposer_withdraws(self, move: Move) -> None:
        path = f"{TRANSFERS}/{(await move.ask()).json()['id']}"
        assert (await move.at_new.post(f"{path}/accept")).json()["code"] == "own_proposal"
        assert (await move.at_old.post(f"{path}/withdraw")).json()["code"] == "not_own_proposal"
        actions = {each["action"]: each["allowed"] for each in (await move.at_old.get(path)).json()["allowed_actions"]}
        assert actions == {"accept": True, "refuse": True, "withdraw": False}
        silent = await move.at_old.post(f"{path}/refuse", json={})
        assert (silent.status_code, silent.json()["errors"][0]["field"]) == (422, "reason")
        refused = await move.at_old.post(f"{path}/refuse", json={"reason": "服务期未满"})
        assert refused.json()["status"] == "refused"
        (event,) = await told(move, TransferDecided, refused.json()["id"])
        assert (event.outcome, event.reason) == ("未同意", "服务期未满")
        file = await move.file_at(move.old)
        assert file is not None
        assert file.status is EmploymentStatus.EMPLOYED
        assert await move.file_at(move.new) is None

    @pytest.mark.req("PLAT-06")
    async def test_a_third_unit_knows_of_nothing(self, move: Move) -> None:
        path = f"{TRANSFERS}/{(await move.ask()).json()['id']}"
        assert (await move.stranger.get(TRANSFERS)).json()["items"] == []
        for method, tail in (("GET", ""), ("GET", "/history"), ("POST", "/accept"), ("POST", "/withdraw")):
            assert (await move.stranger.request(method, f"{path}{tail}")).status_code == 404
        for client in (move.at_old, move.at_new):
            assert len((await client.get(TRANSFERS, params={"status": "proposed"})).json()["items"]) == 1
            assert (await client.get(TRANSFERS, params={"status": "accepted"})).json()["items"] == []

    @pytest.mark.req("PLAT-05")
    async def test_the_number_is_masked_everywhere(self, move: Move) -> None:
        number = move.person["resident_id"]
        answer = await move.ask()
        path = answer.headers["location"]
        texts = [answer.text, (await move.at_old.get(path)).text, (await move.at_old.get(TRANSFERS)).text]
        assert answer.json()["resident_id"] == f"{number[:4]}********{number[-4:]}"
        await move.at_old.post(f"{path}/accept")
        async with move.runtime.database.unit_of_work() as session:
            rows = (await session.scalars(select(History).where(History.actor_id == move.old.account_id))).all()
            events = (await session.scalars(select(EventRow.payload))).all()
        texts += [repr([(row.before, row.after) for row in rows]), repr(events)]
        assert not [text for text in texts if number in text]

    @pytest.mark.req("PLAT-02", "ORG-05")
    async def test_a_filing_that_is_shut_on_either_side_says_so_on_the_button_and_in_the_refusal(
        self, move: Move
    ) -> None:
        path = f"{TRANSFERS}/{(await move.ask()).json()['id']}"
        await submit_filing(move.at_new)
        accept = (await move.at_old.get(path)).json()["allowed_actions"][0]
        answer = await move.at_old.post(f"{path}/accept")
        assert (answer.status_code, answer.json()["code"]) == (409, "filing_submitted")
        assert (accept["allowed"], accept["reason"]) == (False, answer.json()["detail"])
        assert move.new.organisation_name in answer.json()["detail"]
        assert await move.file_at(move.new) is None

    async def test_who_left_or_came_by_another_way_meanwhile_does_not_move(self, move: Move) -> None:
        path = f"{TRANSFERS}/{(await move.ask()).json()['id']}"
        await move.at_old.post(f"{PERSONNEL}/{move.person['id']}/leave")
        assert (await move.at_old.post(f"{path}/accept")).json()["code"] == "person_not_employed"
        body = {name: move.person[name] for name in ("resident_id", "name", "mobile", "address", "education", "title")}
        body |= {name: move.person[name] for name in ("post", "work_years")} | {"attributes": ["信息报告员"]}
        assert (await move.at_new.post(PERSONNEL, json=body)).status_code == 201
        resumed = await move.at_old.post(f"{PERSONNEL}/{move.person['id']}/resume")
        assert (resumed.status_code, resumed.json()["code"]) == (409, "person_employed_elsewhere")
        async with move.runtime.database.unit_of_work() as session:
            # As it was allowed once: 在职 in two units.
            (await session.get_one(StaffMember, move.staff_id)).status = EmploymentStatus.EMPLOYED
        answer = await move.at_old.post(f"{path}/accept")
        assert (answer.status_code, answer.json()["code"]) == (409, "person_already_there")
        assert (await move.at_new.get(path)).json()["status"] == "proposed"
