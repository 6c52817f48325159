"""What both sides see before a move: what would come along, whose turn it is to answer, and which units can take somebody in (BEY-14)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, update

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.people.filings.models import Filing
from services.training.people.institutions.models import Institution
from shared.clock import now_utc
from shared.reference.pinyin import search_text
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.desk.transfers.moves import (
    TRANSFERS,
    Move,
    between_units,
    credit_code,
    registered,
    seated,
)
from tests.services.training.desk.transfers.test_moving import PAPER
from tests.services.training.people.personnel.forms import PERSONNEL
from tests.services.training.people.personnel.test_parts import match, upload

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
pytestmark = pytest.mark.req("BEY-14")


@pytest.fixture
async def move(open_app: OpenApp, client_for: ClientFor) -> Move:
    return await between_units(await open_app(app), client_for)


async def read(client: Any, transfer_id: str) -> Any:
    return (await client.get(f"{TRANSFERS}/{transfer_id}")).json()["contents"]


class TestWhatComesAlong:
    async def test_certificates_uploads_and_registrations_are_told_as_they_will_go(
        self, move: Move, client_for: ClientFor
    ) -> None:
        path = f"{PERSONNEL}/{move.person['id']}"
        assert (await move.at_old.post(f"{path}/qualifications", json=PAPER)).status_code == 201
        file_id, now = await upload(move.at_old), await move.at_old.get(path)
        body = {"attachment_ids": [file_id]}
        assert (await move.at_old.put(f"{path}/attachments/title", json=body, headers=match(now))).status_code == 200
        sitting = await seated(move, client_for)
        done = await registered(move, results_published_at=now_utc())
        await registered(move, status=RegistrationStatus.DRAFT)
        offered = (await move.offer()).json()
        found = await read(move.at_new, offered["id"])
        assert [(each["category"], each["number"], each["revoked"]) for each in found["certificates"]] == [
            (PAPER["category"], PAPER["number"], False)
        ]
        assert [(each["kind_label"], each["count"]) for each in found["attachments"]] == [("职称证书", 1)]
        assert [(each["plan_name"], each["status_label"], each["sessions"]) for each in found["registrations"]] == [
            (sitting.plan.name, "审核通过", [1])
        ]
        assert (found["finished"], done.results_published_at is not None) == (1, True)
        assert (await move.at_new.post(f"{TRANSFERS}/{offered['id']}/accept")).json()["contents"] is None

    @pytest.mark.req("PLAT-06")
    async def test_who_only_asks_learns_nothing_of_somebody_elsewhere(self, move: Move) -> None:
        asked = await move.ask()
        assert asked.json()["contents"] is None
        assert await read(move.at_new, asked.json()["id"]) is None
        assert await read(move.at_old, asked.json()["id"]) is not None
        listed = (await move.at_old.get(TRANSFERS)).json()["items"]
        assert [each["contents"] for each in listed] == [None]


class TestWhoseTurn:
    async def test_the_list_tells_what_waits_here_from_what_was_asked_for(self, move: Move) -> None:
        made = (await move.ask()).json()["id"]

        async def seen(client: Any, **params: Any) -> list[str]:
            return [each["id"] for each in (await client.get(TRANSFERS, params=params)).json()["items"]]

        assert await seen(move.at_new, own=True) == [made] == await seen(move.at_old, own=False)
        assert await seen(move.at_new, own=False) == [] == await seen(move.at_old, own=True)
        assert await seen(move.at_new, direction="in") == [made] == await seen(move.at_old, direction="out")
        assert await seen(move.at_new, direction="out") == [] == await seen(move.at_old, direction="in")

    @pytest.mark.req("PLAT-02")
    async def test_a_button_says_what_it_does_to_the_unit_that_presses_it(self, move: Move) -> None:
        offered = (await move.offer()).json()

        async def said(client: Any) -> dict[str, str]:
            actions = (await client.get(f"{TRANSFERS}/{offered['id']}")).json()["allowed_actions"]
            return {each["action"]: each["consequence"] for each in actions}

        assert "转入本单位" in (await said(move.at_new))["accept"]
        assert "不再调出" in (await said(move.at_old))["withdraw"]


class TestUnits:
    async def find(self, client: Any, name: str) -> list[tuple[str, str]]:
        answer = await client.get(f"{TRANSFERS}/units", params={"name": name})
        assert answer.status_code == 200, answer.text
        assert all(set(each) == {"id", "name", "credit_code"} for each in answer.json())
        return [(each["name"], each["credit_code"]) for each in answer.json()]

    async def named(self, move: Move) -> tuple[str, str]:
        name, code = f"丹阳眼科{credit_code()[-6:]}", credit_code()
        async with move.runtime.database.unit_of_work() as session:
            own = update(Institution).where(Institution.id == move.new.organisation_id)
            await session.execute(own.values(name=name, name_search=search_text(name), credit_code=code))
        return name, code

    async def test_by_part_of_the_name_its_initials_and_the_whole_code(self, move: Move) -> None:
        unit = await self.named(move)
        for wanted in (unit[0][1:], unit[1], unit[1].lower()):
            assert await self.find(move.at_old, wanted) == [unit]
        assert unit in await self.find(move.at_old, f"dyyk{unit[0][-6:]}")
        assert await self.find(move.at_old, unit[1][:-1]) == []

    @pytest.mark.req("PLAT-06")
    async def test_only_others_that_are_active_and_can_take_people_in(self, move: Move) -> None:
        name, _ = await self.named(move)
        assert await self.find(move.at_new, name) == []
        async with move.runtime.database.unit_of_work() as session:
            own = update(Institution).where(Institution.id == move.new.organisation_id)
            await session.execute(own.values(active=False))
        assert await self.find(move.at_old, name) == []
        async with move.runtime.database.unit_of_work() as session:
            await session.execute(own.values(active=True))
            await session.execute(delete(Filing).where(Filing.institution_id == move.new.organisation_id))
        assert await self.find(move.at_old, name) == []

    async def test_what_is_in_nearly_every_name_finds_nothing(self, move: Move) -> None:
        assert await self.find(move.at_old, "　 院 ") == []
        assert (await move.at_old.get(f"{TRANSFERS}/units", params={"name": "院"})).status_code == 422
