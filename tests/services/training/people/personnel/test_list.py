"""The list of people: its columns, masks, order and filters."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from services.training.main import app
from services.training.people.personnel.models import Qualification
from shared.clock import now_utc
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import PERSONNEL, form
from tests.services.training.records import add_institution, add_staff, today

MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
UNIT = Permission.INSTITUTION_FILING


def certificate(number: str, *scope: str, **changes: Any) -> Qualification:
    values = {
        "category": "职业病诊断医师",
        "number": number,
        "issued_on": today() - timedelta(days=len(number)),
        "expires_on": None,
        "scope": list(scope),
        "certificate_id": new_id(),
    }
    return Qualification(**{**values, **changes})


class TestColumns:
    @pytest.mark.req("TRN-02", "TRN-04", "TRN-28", "PLAT-05")
    async def test_a_row_has_what_the_manual_shows_and_no_number_in_clear(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp
    ) -> None:
        actor = make_actor(UNIT)
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            await add_institution(session, actor)
            staff = await add_staff(session, actor, attributes=["检查医生", "技术负责人"])
            rows = [
                certificate("A1", "职业性皮肤病", "职业性眼病"),
                certificate("A2-older", "职业性皮肤病", "职业性肿瘤"),
                certificate("A3-revoked", "职业性传染病", revoked_at=now_utc()),
            ]
            for row in rows:
                row.person_id, row.known_to = staff.person_id, [staff.unit_id]
            session.add_all(rows)
        client = await client_for(app, actor)
        (shown,) = (await client.get(PERSONNEL)).json()["items"]
        number = staff.person.resident_id
        assert {name: shown[name] for name in ("name", "sex", "title_label", "attributes", "status_label")} == {
            "name": "张三",
            "sex": "男",
            "title_label": "主治医师",
            "attributes": ["检查医生", "技术负责人"],
            "status_label": "在职",
        }
        assert shown["certificate_numbers"] == ["A1", "A2-older"]
        assert shown["projects"] == "职业性皮肤病、职业性眼病、职业性肿瘤"
        assert (shown["resident_id"], shown["mobile"]) == (f"{number[:4]}********{number[-4:]}", "138****8000")
        assert [each["action"] for each in shown["allowed_actions"]] == [
            "update",
            "choose_departments",
            "leave",
            "delete",
        ]

    @pytest.mark.req("X3", "TRN-26")
    async def test_the_file_says_how_each_certificate_stands(
        self, client_for: ClientFor, make_actor: MakeActor, open_app: OpenApp
    ) -> None:
        actor = make_actor(UNIT)
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            await add_institution(session, actor)
            staff = await add_staff(session, actor)
            rows = [
                certificate("1", expires_on=today()),
                certificate("22", expires_on=today() - timedelta(days=1)),
                certificate("333", expires_on=today() - timedelta(days=1), revoked_at=now_utc()),
            ]
            for row in rows:
                row.person_id, row.known_to = staff.person_id, [staff.unit_id]
            session.add_all(rows)
        answer = await (await client_for(app, actor)).get(f"{PERSONNEL}/{staff.id}")
        shown = {row["number"]: row["state_label"] for row in answer.json()["qualifications"]}
        assert shown == {"1": "有效", "22": "已过期", "333": "已撤销"}


@pytest.mark.req("TRN-02", "PLAT-08")
class TestFilters:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"name": "小"}, ["王小明", "张小红"]),
            ({"name": "小明"}, ["王小明"]),
            ({"name": "zx"}, ["张小红"]),
            ({"name": "WXM"}, ["王小明"]),
            ({"name": "䶮"}, ["李䶮"]),
            ({"name": "明小"}, []),
            ({"name": "%"}, []),
            ({"name": "王 小"}, ["王小明"]),
            ({"status": "left"}, ["李䶮"]),
            ({"status": ["left", "employed"]}, ["李䶮", "王小明", "张小红"]),
            ({}, ["李䶮", "王小明", "张小红"]),
        ],
    )
    async def test_by_name_and_status(
        self, client_for: ClientFor, make_actor: MakeActor, query: dict[str, Any], found: list[str]
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        for name in ("张小红", "李䶮", "王小明"):
            made = await client.post(PERSONNEL, json=form(name=name))
            if name == "李䶮":
                await client.post(f"{made.headers['location']}/leave")
        items = (await client.get(PERSONNEL, params=query)).json()["items"]
        assert [item["name"] for item in items] == found

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"attributes": "检查医生"}, ["安一", "丙三"]),
            ({"attributes": ["技师", "检查医生"]}, ["安一", "白二", "丙三"]),
            ({"attributes": "其他"}, ["白二"]),
            ({"attributes": "技"}, []),
            ({"title_level": "3"}, ["安一"]),
            ({"title_level": ["3", "4"]}, ["安一", "白二"]),
            ({"department": "内科"}, ["安一", "白二"]),
            ({"department": "内"}, []),
            ({"department": "内科", "attributes": "技师"}, ["白二"]),
        ],
    )
    async def test_by_attributes_level_and_department(
        self, client_for: ClientFor, make_actor: MakeActor, query: dict[str, Any], found: list[str]
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        people = [
            form(name="安一", title_level="3", departments=["内科", "外科"]),
            form(name="白二", title_level="4", departments=["内科"], attributes=["技师", "其他：档案管理"]),
            form(name="丙三", departments=["呼吸内科"], attributes=["检查医生", "技术负责人"]),
        ]
        for person in people:
            assert (await client.post(PERSONNEL, json=person)).status_code == 201
        items = (await client.get(PERSONNEL, params=query)).json()["items"]
        assert [item["name"] for item in items] == found

    async def test_pieces_that_do_not_stand_side_by_side_do_not_match(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        await client.post(PERSONNEL, json=form(name="甲乙丙甲"))
        assert (await client.get(PERSONNEL, params={"name": "丙甲乙"})).json()["items"] == []
        assert len((await client.get(PERSONNEL, params={"name": "乙丙甲"})).json()["items"]) == 1

    async def test_a_changed_name_is_found_by_the_new_one_only(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        made = await client.post(PERSONNEL, json=form(name="张三"))
        await client.patch(made.headers["location"], json={"name": "李四"}, headers={"If-Match": made.headers["etag"]})
        found = [
            len((await client.get(PERSONNEL, params={"name": name})).json()["items"]) for name in ("zs", "ls", "三")
        ]
        assert found == [0, 1, 0]

    async def test_page_by_page_in_the_order_of_pinyin(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        client = await client_for(app, make_actor(UNIT))
        names = ["周一", "安安", "李二", "李二", "安"]
        for name in names:
            await client.post(PERSONNEL, json=form(name=name))
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = (await client.get(PERSONNEL, params={"limit": 2, "cursor": cursor})).json()
            seen += [item["name"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert (seen, page["total"]) == (["安", "安安", "李二", "李二", "周一"], 5)


@pytest.mark.req("PLAT-06")
class TestWhoseRows:
    async def test_a_unit_sees_its_own_and_an_office_its_region(
        self, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit, other = make_actor(UNIT, region="320681"), make_actor(UNIT, region="320281")
        for actor in (unit, other):
            await (await client_for(app, actor)).post(PERSONNEL, json=form())
        own = (await (await client_for(app, unit)).get(PERSONNEL)).json()["items"]
        assert {item["unit_id"] for item in own} == {str(unit.organisation_id)}
        county = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY, region="320681")
        seen = (await (await client_for(app, county)).get(PERSONNEL)).json()["items"]
        assert {item["unit_id"] for item in seen} == {str(unit.organisation_id)}
        assert [item["allowed_actions"] for item in seen] == [[]]
        province = make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="320000")
        client = await client_for(app, province)
        both = [await client.get(PERSONNEL, params={"unit_id": str(each.organisation_id)}) for each in (unit, other)]
        assert [len(answer.json()["items"]) for answer in both] == [1, 1]

    async def test_without_the_permission_there_is_no_list(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        assert (
            await (await client_for(app, make_actor(Permission.HAZARD_DECLARATION))).get(PERSONNEL)
        ).status_code == 403
        assert (await (await client_for(app, None)).get(PERSONNEL)).status_code == 401
