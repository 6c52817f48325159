"""Files that are removed, and what their first rows say: who is registered stays (TRN-06)."""

from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.people.personnel.numbers import contradictions
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import PERSONNEL, form
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff

MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
UNIT = Permission.INSTITUTION_FILING


@pytest.mark.req("TRN-06")
class TestDelete:
    @pytest.mark.parametrize("status", [RegistrationStatus.SUBMITTED, RegistrationStatus.APPROVED])
    async def test_who_is_registered_stays_and_the_answer_says_why(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp, status: RegistrationStatus
    ) -> None:
        actor = make_actor(UNIT)
        client, runtime = await client_for(app, actor), await open_app(app)
        async with runtime.database.unit_of_work() as session:
            await add_institution(session, actor)
            plan, staff = await add_plan(session, "skin"), await add_staff(session, actor)
            await add_registration(session, actor, plan, staff, "skin", status=status)
        shown = (await client.get(f"{PERSONNEL}/{staff.id}")).json()["allowed_actions"][-1]
        assert (shown["action"], shown["allowed"], shown["code"]) == ("delete", False, "person_registered")
        answer = await client.delete(f"{PERSONNEL}/{staff.id}")
        assert (answer.status_code, answer.json()["code"]) == (409, "person_registered")
        assert plan.name in answer.json()["detail"]
        assert status.label in answer.json()["detail"]
        assert answer.json()["detail"] == shown["reason"]

    @pytest.mark.parametrize("status", [RegistrationStatus.DRAFT, RegistrationStatus.RETURNED])
    async def test_what_was_not_sent_goes_along(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp, status: RegistrationStatus
    ) -> None:
        actor = make_actor(UNIT)
        client, runtime = await client_for(app, actor), await open_app(app)
        async with runtime.database.unit_of_work() as session:
            await add_institution(session, actor)
            staff = await add_staff(session, actor)
            await add_registration(session, actor, await add_plan(session, "skin"), staff, "skin", status=status)
        assert (await client.delete(f"{PERSONNEL}/{staff.id}")).status_code == 204
        assert (await client.get(f"{PERSONNEL}/{staff.id}")).status_code == 404

    async def test_a_person_removed_can_be_added_again_as_the_same_person(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        body = form()
        first = await client.post(PERSONNEL, json=body)
        assert (await client.delete(first.headers["location"])).status_code == 204
        again = await client.post(PERSONNEL, json=body)
        assert again.json()["person_id"] == first.json()["person_id"]


@pytest.mark.req("TRN-10")
@pytest.mark.parametrize(
    ("number", "sex", "told"),
    [
        ("11010519491231002X", "女", None),
        ("11010519491231002X", "男", "sex"),
        (None, "男", None),
        ("11010519491231002X", None, None),
    ],
)
def test_a_sex_that_is_not_the_number_s_is_warned_of(number: str | None, sex: str | None, told: str | None) -> None:
    assert [each.field for each in contradictions(number, sex)] == ([told] if told else [])


@pytest.mark.req("PLAT-03")
async def test_what_was_written_when_a_file_was_made_is_no_change_of_its_first_version(
    client_for: ClientFor, make_actor: MakeActor
) -> None:
    client = await client_for(app, make_actor(UNIT))
    made = await client.post(PERSONNEL, json=form())
    file, first = made.headers["location"], {"If-Match": made.headers["etag"]}
    assert (await client.patch(file, json={"post": "放射检查"}, headers=first)).status_code == 200
    late = await client.patch(file, json={"post": "肺功能检查"}, headers=first)
    assert late.status_code == 412
    assert [(each["field"], each["after"]) for each in late.json()["changes"]] == [("post", "放射检查")]
