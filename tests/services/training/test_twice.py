"""Whatever is made by a POST is made once, also by two that come at the same moment and bring no key (PLAT-03)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from services.training.main import app
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.class_sessions.test_scheduling import SESSIONS, day, make_plan, wanted
from tests.services.training.conftest import BASICS
from tests.services.training.people.personnel.test_qualifications import new_file, paper
from tests.services.training.plans.test_dictionaries import SPECIALTIES, TYPES, new_type
from tests.services.training.plans.test_plans import PLANS
from tests.services.training.plans.test_plans import form as plan_form

pytestmark = pytest.mark.req("PLAT-03")
FILINGS = "/api/training/filings"
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]


async def both(client: AsyncClient, path: str, body: Mapping[str, Any]) -> tuple[Response, Response]:
    """(what was made, what was refused)."""
    answers = await asyncio.gather(*(client.post(path, json=body) for _ in range(2)))
    made, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert made.status_code == 201, made.text
    return made, refused


@pytest.fixture
async def office(client_for: ClientFor, make_actor: MakeActor) -> AsyncClient:
    return await client_for(
        app,
        make_actor(
            Permission.PLAN_MANAGEMENT, Permission.CLASS_SCHEDULING, Permission.ADMINISTRATION, level=Level.PROVINCE
        ),
    )


@pytest.fixture
async def clinic(client_for: ClientFor, make_actor: MakeActor) -> AsyncClient:
    return await client_for(app, make_actor(Permission.GROUP_REGISTRATION, Permission.INSTITUTION_FILING))


def codes(answer: Response) -> set[str]:
    return {error["code"] for error in answer.json()["errors"]} or {answer.json()["code"]}


class TestPlans:
    async def test_of_two_at_once_one_is_made_and_the_other_is_shown_it(self, office: AsyncClient) -> None:
        made, refused = await both(office, PLANS, plan_form())
        assert (refused.status_code, refused.json()["code"]) == (409, "plan_exists")
        assert refused.json()["existing"] == made.headers["Location"]
        assert (await office.get(refused.json()["existing"])).json()["id"] == made.json()["id"]

    @pytest.mark.parametrize("other", ["name", "registration_deadline"])
    async def test_another_name_or_day_is_another_plan(self, office: AsyncClient, other: str) -> None:
        body = plan_form()
        different = {"name": f"{body['name']}二", "registration_deadline": day(30)}
        assert (await office.post(PLANS, json=body)).status_code == 201
        assert (await office.post(PLANS, json={**body, other: different[other]})).status_code == 201

    async def test_a_plan_is_not_changed_into_another(self, office: AsyncClient) -> None:
        first, body = plan_form(), plan_form()
        one = await office.post(PLANS, json=first)
        two = await office.post(PLANS, json=body)
        match = {"If-Match": two.headers["ETag"]}
        refused = await office.patch(two.headers["Location"], json={"name": first["name"]}, headers=match)
        assert (refused.status_code, refused.json()["existing"]) == (409, one.headers["Location"])
        kept = await office.patch(two.headers["Location"], json={"name": body["name"], "hours": 41}, headers=match)
        assert kept.status_code == 200

    async def test_what_was_deleted_is_in_nobodys_way(self, office: AsyncClient) -> None:
        body = plan_form()
        made = await office.post(PLANS, json=body)
        assert (await office.delete(made.headers["Location"])).status_code == 204
        assert (await office.post(PLANS, json=body)).status_code == 201


class TestClassSessions:
    async def test_of_two_at_once_one_is_made_and_the_other_is_shown_it(
        self, office: AsyncClient, open_app: OpenApp
    ) -> None:
        made, refused = await both(office, SESSIONS, wanted(await make_plan(open_app, "skin")))
        assert (refused.status_code, refused.json()["code"]) == (409, "class_session_exists")
        assert refused.json()["existing"] == made.headers["Location"]

    async def test_a_number_says_that_another_is_meant(self, office: AsyncClient, open_app: OpenApp) -> None:
        body = wanted(await make_plan(open_app, "skin"))
        assert (await office.post(SESSIONS, json=body)).status_code == 201
        _, refused = await both(office, SESSIONS, {**body, "session_no": 2})
        assert (refused.status_code, refused.json()["code"]) == (409, "session_no_taken")


class TestDictionaries:
    async def test_a_type(self, office: AsyncClient) -> None:
        _, refused = await both(office, TYPES, new_type())
        assert (refused.status_code, codes(refused)) == (422, {"code_taken"})

    async def test_a_specialty(self, office: AsyncClient) -> None:
        mark = new_id().hex[-8:]
        _, refused = await both(office, SPECIALTIES, {"code": f"kind_{mark}", "label": f"专业{mark}", "position": 90})
        assert (refused.status_code, codes(refused)) == (422, {"code_taken"})


class TestUnits:
    async def test_a_filing(self, unfiled_client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await unfiled_client_for(app, make_actor(Permission.INSTITUTION_FILING))
        _, refused = await both(client, FILINGS, {**BASICS, "address": "南京市", "legal_representative": "周晓慧"})
        assert (refused.status_code, refused.json()["code"]) == (409, "filing_exists")

    async def test_a_qualification(self, clinic: AsyncClient) -> None:
        file = await new_file(clinic)
        _, refused = await both(clinic, f"{file.headers['location']}/qualifications", paper())
        assert (refused.status_code, refused.json()["code"]) == (409, "qualification_exists")
        other = await clinic.post(f"{file.headers['location']}/qualifications", json=paper(number="苏职诊字2019第2号"))
        assert other.status_code == 201
