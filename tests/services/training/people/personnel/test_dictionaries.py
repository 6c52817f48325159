"""The dictionaries behind the form: one shape, found by part of the name or by pinyin initials."""

from typing import Any

import pytest
from httpx import AsyncClient

from services.training.main import app
from services.training.people.personnel.dictionaries import NAMES
from shared.roles import Permission
from tests.conftest import ClientFor

ADDRESS = "/api/training/personnel-dictionaries"


@pytest.fixture
async def client(client_for: ClientFor, make_actor: Any) -> AsyncClient:
    return await client_for(app, make_actor(Permission.INSTITUTION_FILING))


async def found(client: AsyncClient, name: str, q: str = "") -> list[dict[str, Any]]:
    answer = await client.get(f"{ADDRESS}/{name}", params={"q": q})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows


@pytest.mark.req("TRN-22")
class TestSearch:
    @pytest.mark.parametrize("name", NAMES)
    async def test_every_dictionary_has_codes_of_its_own_and_initials(self, client: AsyncClient, name: str) -> None:
        rows = await found(client, name)
        assert rows
        assert len({(row["parent"], row["code"]) for row in rows}) == len(rows)
        assert all(row["label"] and row["pinyin"] == row["pinyin"].upper() != "" for row in rows)
        assert all(row["group"] for row in rows if row["parent"])

    @pytest.mark.parametrize(
        ("name", "q", "label"),
        [
            ("physician_categories", "口腔", "口腔"),
            ("physician_categories", "腔", "口腔"),
            ("practice_categories", "ggws", "公共卫生"),
            ("practice_categories", "GGW", "公共卫生"),
            ("physician_levels", "助理", "执业助理医师"),
            ("ethnic_groups", "mg", "蒙古族"),
            ("degrees", "zxbs", "哲学博士学位"),
            ("professional_titles", "主治", "主治医师"),
            ("duties", "hsz", "护士长"),
            ("duties", "yz", "院长"),
            ("attributes", "jcys", "检查医生"),
            ("qualification_categories", "专家", "职业病鉴定专家"),
            ("departments", "nk", "内科"),
        ],
    )
    async def test_by_part_of_the_name_or_initials(self, client: AsyncClient, name: str, q: str, label: str) -> None:
        labels = [row["label"] for row in await found(client, name, q)]
        assert label in labels
        assert len(labels) < len(await found(client, name))

    async def test_what_matches_nothing_is_an_empty_list(self, client: AsyncClient) -> None:
        assert await found(client, "departments", "没有这样的科室") == []

    async def test_a_dictionary_that_there_is_not_is_not_found(self, client: AsyncClient) -> None:
        assert (await client.get(f"{ADDRESS}/hazard_factors")).status_code == 404


class TestRows:
    @pytest.mark.req("TRN-18")
    async def test_groups_of_titles_are_selectable_and_name_what_stands_below(self, client: AsyncClient) -> None:
        rows = {row["code"]: row for row in await found(client, "professional_titles")}
        assert (rows["230"]["selectable"], rows["230"]["parent"]) == (True, None)
        assert (rows["233"]["parent"], rows["233"]["group"]) == ("230", "卫生技术人员（医师）")

    @pytest.mark.req("TRN-28", "X4")
    async def test_where_own_words_are_allowed_the_code_is_the_label(self, client: AsyncClient) -> None:
        departments = {row["label"]: row for row in await found(client, "departments")}
        assert (departments["内科"]["code"], departments["内科"]["group"]) == ("内科", "临床科室")
        assert (departments["临床科室"]["selectable"], departments["内科"]["selectable"]) == (False, True)
        assert {row["code"] == row["label"] for row in await found(client, "duties")} == {True}

    @pytest.mark.req("TRN-26", "TRN-27", "TRN-45")
    async def test_categories_and_scopes_are_those_of_the_plan_types(self, client: AsyncClient) -> None:
        categories = [
            "职业病诊断医师",
            "职业病鉴定专家",
            "放射专业技术人员",
            "检查医生",
            "服务机构实验室人员",
            "技术人员技能培训",
        ]
        # Other tests add types of plans; those that come with the platform stand in this order.
        assert [
            row["code"] for row in await found(client, "qualification_categories") if row["code"] in categories
        ] == categories
        scopes = await found(client, "qualification_scopes")
        of = {group: [row["code"] for row in scopes if row["parent"] == group] for group in categories}
        assert [len(of[group]) for group in categories] == [10, 12, 2, 0, 0, 0]
        assert of["放射专业技术人员"] == ["职业性放射性疾病", "放射卫生现场"]


class TestSeveralAtOnce:
    async def test_a_form_has_all_of_its_own_in_one_answer(self, client: AsyncClient) -> None:
        answer = await client.get(ADDRESS, params={"name": ["degrees", "duties", "degrees"]})
        assert answer.status_code == 200, answer.text
        assert answer.json() == {name: await found(client, name) for name in ("degrees", "duties")}

    async def test_a_browser_keeps_them_for_itself_and_asks_whether_they_are_the_same(
        self, client: AsyncClient
    ) -> None:
        first = await client.get(ADDRESS, params={"name": "degrees"})
        assert first.headers["Cache-Control"] == "private, max-age=300"
        again = await client.get(ADDRESS, params={"name": "degrees"}, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    async def test_one_that_is_not_there_is_named(self, client: AsyncClient) -> None:
        answer = await client.get(ADDRESS, params={"name": ["degrees", "colours"]})
        assert answer.status_code == 404
        assert "professional_titles" in answer.json()["detail"]
        assert (await client.get(ADDRESS)).status_code == 422
