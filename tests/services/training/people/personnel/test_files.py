"""One personal file through the API: the form's rules, who sees what, changing, leaving, removing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI

from services.training.main import app
from shared.db.history import RecordType, history_of
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import PERSONNEL, STARRED, form, fresh_id
from tests.services.training.records import add_plan, add_registration, add_staff

MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
UNIT = Permission.INSTITUTION_FILING


@pytest.mark.req("TRN-08", "TRN-09", "TRN-10", "TRN-11", "TRN-13", "X1")
class TestCreate:
    async def test_what_is_starred_is_enough(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        number = fresh_id()
        answer = await client.post(PERSONNEL, json=form(resident_id=number, name="王䶮"))
        made = answer.json()
        assert answer.status_code == 201, made
        assert (made["name"], made["resident_id"], made["mobile"]) == ("王䶮", number, "13800138000")
        assert made["sex"] == ("男" if int(number[16]) % 2 else "女")
        assert made["birth_date"].replace("-", "") == number[6:14]
        assert (made["education_label"], made["title_label"]) == ("大学本科毕业", "主治医师")
        assert (made["title_level"], made["title_level_label"]) == (None, None)
        read = await client.get(answer.headers["location"])
        assert (read.json(), read.headers["etag"]) == (made, answer.headers["etag"])

    @pytest.mark.parametrize("field", STARRED)
    async def test_each_star_is_asked_for(self, client_for: ClientFor, make_actor: MakeActor, field: str) -> None:
        client = await client_for(app, make_actor(UNIT))
        answer = await client.post(PERSONNEL, json=form(**{field: None}))
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, "missing")]

    async def test_a_number_ending_in_x_is_taken_in_any_case(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        number = fresh_id(ending="X")
        answer = await client.post(PERSONNEL, json=form(resident_id=number.lower()))
        assert (answer.status_code, answer.json()["resident_id"]) == (201, number)

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("resident_id", "320102198506150000", "resident_id_checksum"),
            ("resident_id", "32010219850615", "resident_id_format"),
            ("mobile", "1380013800", "mobile_format"),
            ("email", "not an address", "string_pattern_mismatch"),
            ("postcode", "21000", "postcode_format"),
            ("education", "77", "code_unknown"),
            ("title", "nobody", "code_unknown"),
            ("title_level", "7", "code_unknown"),
            ("post", "字" * 51, "text_too_many_bytes"),
            ("work_years", 100, "less_than_equal"),
            ("birth_date", "2099-01-01", "birth_date_range"),
        ],
    )
    @pytest.mark.req("TRN-14", "TRN-15", "TRN-17", "TRN-18", "TRN-19")
    async def test_a_bad_value_is_named(
        self, client_for: ClientFor, make_actor: MakeActor, field: str, value: Any, code: str
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        answer = await client.post(PERSONNEL, json=form(**{field: value}))
        problem = answer.json()
        assert answer.status_code == 422
        assert [(e["field"], e["code"]) for e in problem["errors"]] == [(field, code)]

    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            (["技术负责人", "检查医生", "检查医生"], ["检查医生", "技术负责人"]),
            (["其他:档案管理"], ["其他：档案管理"]),
            (["职业病诊断医师(鉴定专家)"], ["职业病诊断医师", "鉴定专家"]),
            (["法定代表人(或负责人)"], ["法定代表人（或负责人）"]),
        ],
    )
    @pytest.mark.req("TRN-20", "X2")
    async def test_attributes_are_those_of_the_form(
        self, client_for: ClientFor, make_actor: MakeActor, written: list[str], kept: list[str]
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        answer = await client.post(PERSONNEL, json=form(attributes=written))
        assert answer.json()["attributes"] == kept

    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ([], "too_short"),
            (["护士长"], "attribute_unknown"),
            (["其他"], "other_needs_text"),
            (["其他：", "技师"], "other_needs_text"),
            (["鉴定专家"], "expert_is_physician"),
        ],
    )
    @pytest.mark.req("TRN-20", "X2")
    async def test_other_attributes_are_refused(
        self, client_for: ClientFor, make_actor: MakeActor, written: list[str], code: str
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        answer = await client.post(PERSONNEL, json=form(attributes=written))
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("attributes", code)]


@pytest.mark.req("TRN-08")
class TestOnePersonOneNumber:
    async def test_twice_in_a_unit_is_refused_at_the_number(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        body = form()
        answers = await asyncio.gather(*(client.post(PERSONNEL, json=body) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
        refused = next(answer for answer in answers if answer.status_code == 422)
        assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [("resident_id", "resident_id_taken")]

    async def test_units_that_have_a_person_one_after_another_have_the_same_person(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        body, made = form(), []
        for _ in range(3):
            client = await client_for(app, make_actor(UNIT))
            made.append(await client.post(PERSONNEL, json=body))
            await client.post(f"{made[-1].headers['location']}/leave")
        assert {answer.status_code for answer in made} == {201}
        assert len({answer.json()["person_id"] for answer in made}) == 1
        assert len({answer.json()["id"] for answer in made}) == 3

    @pytest.mark.req("PLAT-06", "BEY-14")
    async def test_of_units_that_add_a_person_at_once_one_does(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        clients = [await client_for(app, make_actor(UNIT)) for _ in range(4)]
        body = form()
        answers = await asyncio.gather(*(client.post(PERSONNEL, json=body) for client in clients))
        assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]


class TestChange:
    @pytest.mark.req("TRN-07", "PLAT-03", "PLAT-04")
    async def test_what_is_given_changes_and_is_remembered_without_secrets(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp
    ) -> None:
        actor = make_actor(UNIT)
        client = await client_for(app, actor)
        made = await client.post(PERSONNEL, json=form(email="a@b.cn"))
        address, old = made.headers["location"], made.json()
        body = {"mobile": "13912345678", "email": "", "post": "职业病诊断"}
        answer = await client.patch(address, json=body, headers={"If-Match": made.headers["etag"]})
        assert answer.status_code == 200, answer.text
        new = answer.json()
        assert (new["mobile"], new["email"], new["post"], new["address"]) == (
            "13912345678",
            None,
            "职业病诊断",
            old["address"],
        )
        late = await client.patch(address, json=body, headers={"If-Match": made.headers["etag"]})
        assert late.status_code == 412
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            created, updated = await history_of(session, RecordType("staff_member"), old["id"])
        assert created.after is not None
        assert old["resident_id"] not in str(created.after)
        assert (updated.before, updated.after) == (
            {"mobile": "138****8000", "email": "a@b.cn", "post": "职业健康检查"},
            {"mobile": "139****5678", "email": None, "post": "职业病诊断"},
        )
        assert updated.actor_id == actor.account_id

    @pytest.mark.req("X1")
    async def test_what_is_starred_cannot_be_emptied(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        made = await client.post(PERSONNEL, json=form())
        answer = await client.patch(
            made.headers["location"], json={"education": None}, headers={"If-Match": made.headers["etag"]}
        )
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("education", "required_emptied")]

    @pytest.mark.req("TRN-08")
    async def test_a_wrong_number_can_be_put_right_until_the_person_is_registered(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp
    ) -> None:
        actor = make_actor(UNIT)
        client, runtime = await client_for(app, actor), await open_app(app)
        taken = await client.post(PERSONNEL, json=form())
        made = await client.post(PERSONNEL, json=form())
        address, right = made.headers["location"], fresh_id()
        tag = {"If-Match": made.headers["etag"]}
        twice = await client.patch(address, json={"resident_id": taken.json()["resident_id"]}, headers=tag)
        assert (twice.status_code, twice.json()["errors"][0]["code"]) == (422, "resident_id_taken")
        changed = await client.patch(address, json={"resident_id": right}, headers=tag)
        assert (changed.status_code, changed.json()["resident_id"]) == (200, right)
        assert changed.json()["person_id"] != made.json()["person_id"]
        async with runtime.database.unit_of_work() as session:
            staff = await add_staff(session, actor)
            await add_registration(session, actor, await add_plan(session, "skin"), staff, "skin")
        answer = await client.patch(
            f"{PERSONNEL}/{staff.id}", json={"resident_id": fresh_id()}, headers={"If-Match": '"1"'}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "resident_id_in_use")

    @pytest.mark.req("TRN-03", "PLAT-02")
    async def test_leaving_and_coming_back(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        made = await client.post(PERSONNEL, json=form())
        address = made.headers["location"]
        assert made.json()["status_label"] == "在职"
        assert [a["action"] for a in made.json()["allowed_actions"] if a["allowed"]] == [
            "update",
            "choose_departments",
            "leave",
            "delete",
        ]
        left = (await client.post(f"{address}/leave")).json()
        assert (left["status"], left["status_label"]) == ("left", "离职")
        assert [a["action"] for a in left["allowed_actions"] if a["allowed"]] == [
            "update",
            "choose_departments",
            "resume",
            "delete",
        ]
        assert (await client.post(f"{address}/leave")).status_code == 409
        assert (await client.post(f"{address}/resume")).json()["status"] == "employed"
