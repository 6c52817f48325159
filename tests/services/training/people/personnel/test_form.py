"""The fields of the form beyond those that are starred: from which table, how long, until which day, and what a physician needs."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from services.training.main import app
from shared.identity import Actor
from shared.roles import Permission
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import OF_PHYSICIANS, PERSONNEL, form
from tests.services.training.records import today

FULL: dict[str, Any] = {
    "nationality": "中国",
    "ethnic_group": "02",
    "landline": "025-83759999-801",
    "postcode": "210009",
    "email": "a@b.cn",
    "diploma_number": "D1",
    "degree": "2",
    "degree_number": "D2",
    "title_level": "3",
    "title_number": "T1",
    "duty": "科主任",
    "physician_level": "1",
    "practice_number": "P1",
    "practice_issued_on": "2013-05-01",
    "other_practice_places": "江苏省疾控中心",
    "departments": ["内科"],
}


@pytest.fixture
async def client(client_for: ClientFor, make_actor: Any) -> AsyncClient:
    actor: Actor = make_actor(Permission.INSTITUTION_FILING)
    return await client_for(app, actor)


def errors_of(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(each["field"], each["code"]) for each in answer.json()["errors"]]


class TestFields:
    @pytest.mark.req("TRN-12", "TRN-14", "TRN-17", "TRN-18", "TRN-19", "TRN-21", "TRN-22", "TRN-23", "TRN-24")
    async def test_all_that_is_written_comes_back_with_its_labels(self, client: AsyncClient) -> None:
        answer = await client.post(PERSONNEL, json=form(**FULL))
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert {name: made[name] for name in FULL | OF_PHYSICIANS} == FULL | OF_PHYSICIANS
        labels = {name: made[f"{name}_label"] for name in ("ethnic_group", "degree", "physician_level")}
        assert labels == {"ethnic_group": "蒙古族", "degree": "博士", "physician_level": "执业医师"}
        assert (made["physician_category_label"], made["practice_category_label"]) == ("临床", "临床")
        tag = {"If-Match": answer.headers["etag"]}
        changed = await client.patch(answer.headers["location"], json={"degree": "", "duty": "自拟职务"}, headers=tag)
        assert (changed.json()["degree"], changed.json()["degree_label"], changed.json()["duty"]) == (
            None,
            None,
            "自拟职务",
        )

    @pytest.mark.req("TRN-18")
    async def test_a_group_row_of_the_titles_can_be_chosen(self, client: AsyncClient) -> None:
        made = (await client.post(PERSONNEL, json=form(title="230"))).json()
        assert made["title_label"] == "卫生技术人员（医师）"

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            pytest.param("ethnic_group", "99", "code_unknown", marks=pytest.mark.req("TRN-12")),
            pytest.param("nationality", "字" * 51, "text_too_long", marks=pytest.mark.req("TRN-12")),
            pytest.param("degree", "博士", "code_unknown", marks=pytest.mark.req("TRN-17")),
            pytest.param("diploma_number", "字" * 50 + "a", "text_too_many_bytes", marks=pytest.mark.req("TRN-17")),
            pytest.param("degree_number", "a" * 101, "text_too_many_bytes", marks=pytest.mark.req("TRN-17")),
            pytest.param("title_number", "a" * 101, "text_too_many_bytes", marks=pytest.mark.req("TRN-18")),
            pytest.param("duty", "字" * 51, "text_too_long", marks=pytest.mark.req("TRN-19", "X4")),
            pytest.param("post", "字" * 51, "text_too_many_bytes", marks=pytest.mark.req("TRN-19")),
            pytest.param("work_years", 100, "less_than_equal", marks=pytest.mark.req("TRN-19")),
            pytest.param("physician_number", "a" * 101, "text_too_many_bytes", marks=pytest.mark.req("TRN-21")),
            pytest.param("physician_category", "77", "code_unknown", marks=pytest.mark.req("TRN-21")),
            pytest.param("practice_category", "77", "code_unknown", marks=pytest.mark.req("TRN-22")),
            pytest.param("physician_level", "9", "code_unknown", marks=pytest.mark.req("TRN-23")),
            pytest.param("practice_number", "a" * 101, "text_too_many_bytes", marks=pytest.mark.req("TRN-23")),
            pytest.param("practice_place", "字" * 101, "text_too_many_bytes", marks=pytest.mark.req("TRN-24")),
            pytest.param("other_practice_places", "字" * 101, "text_too_many_bytes", marks=pytest.mark.req("TRN-24")),
            pytest.param("departments", ["字" * 51], "text_too_long", marks=pytest.mark.req("TRN-28")),
        ],
    )
    async def test_a_bad_value_is_named(self, client: AsyncClient, field: str, value: Any, code: str) -> None:
        ((named, told),) = errors_of(await client.post(PERSONNEL, json=form(**{field: value})))
        assert (named.partition(".")[0], told) == (field, code)

    @pytest.mark.req("TRN-17", "TRN-21", "TRN-24")
    async def test_a_chinese_character_counts_as_two_bytes(self, client: AsyncClient) -> None:
        full = {"diploma_number": "䶮" * 50, "physician_number": "字" * 50, "practice_place": "字" * 100}
        assert (await client.post(PERSONNEL, json=form(**full))).status_code == 201

    @pytest.mark.req("TRN-21", "TRN-23")
    @pytest.mark.parametrize("field", ["physician_issued_on", "practice_issued_on"])
    async def test_a_licence_is_of_today_or_before(self, client: AsyncClient, field: str) -> None:
        tomorrow = str(today() + timedelta(days=1))
        assert errors_of(await client.post(PERSONNEL, json=form(**{field: tomorrow}))) == [(field, "issue_date_range")]
        assert (await client.post(PERSONNEL, json=form(**{field: str(today())}))).status_code == 201

    @pytest.mark.req("TRN-14", "X32")
    @pytest.mark.parametrize(
        ("number", "good"),
        [
            ("0513-85331234", True),
            ("025-8375999", True),
            ("(025)83759999", True),
            ("025-83759999-1234567", False),
            ("025-13759999", False),
            ("83759999", False),
        ],
    )
    async def test_a_landline_has_an_area_code(self, client: AsyncClient, number: str, good: bool) -> None:
        answer = await client.post(PERSONNEL, json=form(landline=number))
        assert answer.status_code == 201 if good else errors_of(answer) == [("landline", "landline_format")]

    @pytest.mark.req("X19")
    async def test_the_age_is_that_of_the_number(self, client: AsyncClient) -> None:
        body = form(birth_date="1950-01-01")
        made = (await client.post(PERSONNEL, json=body)).json()
        born = body["resident_id"][6:14]
        assert made["birth_date"] == "1950-01-01"
        assert made["age"] == (int(f"{today():%Y%m%d}") - int(born)) // 10000


class TestPhysicians:
    @pytest.mark.req("X5", "TRN-21", "TRN-22", "TRN-24")
    @pytest.mark.parametrize("who", [["检查医生"], ["职业病诊断医师"], ["职业病诊断医师（鉴定专家）", "技师"]])
    async def test_each_field_that_is_missing_is_named(self, client: AsyncClient, who: list[str]) -> None:
        answer = await client.post(PERSONNEL, json=form(attributes=who, **dict.fromkeys(OF_PHYSICIANS)))
        assert errors_of(answer) == [(field, "required_for_physician") for field in OF_PHYSICIANS]
        assert all("必填" in each["message"] for each in answer.json()["errors"])
        one = form(attributes=who, practice_place=" ")
        assert errors_of(await client.post(PERSONNEL, json=one)) == [("practice_place", "required_for_physician")]

    @pytest.mark.req("X5")
    async def test_of_others_they_are_not_asked(self, client: AsyncClient) -> None:
        body = form(attributes=["执业护士", "技术负责人"], **dict.fromkeys(OF_PHYSICIANS))
        made = await client.post(PERSONNEL, json=body)
        assert (made.status_code, made.json()["warnings"]) == (201, [])

    @pytest.mark.req("X5", "TRN-21", "TRN-22", "TRN-24")
    async def test_a_change_is_judged_by_the_whole_file(self, client: AsyncClient) -> None:
        nurse = await client.post(PERSONNEL, json=form(attributes=["执业护士"], **dict.fromkeys(OF_PHYSICIANS)))
        address, tag = nurse.headers["location"], {"If-Match": nurse.headers["etag"]}
        refused = await client.patch(address, json={"attributes": ["检查医生"], "practice_place": "本院"}, headers=tag)
        assert {field for field, _ in errors_of(refused)} == set(OF_PHYSICIANS) - {"practice_place"}
        assert (await client.get(address)).json()["attributes"] == ["执业护士"]
        done = await client.patch(address, json={"attributes": ["检查医生"], **OF_PHYSICIANS}, headers=tag)
        assert done.status_code == 200, done.text
        tag = {"If-Match": done.headers["etag"]}
        emptied = await client.patch(address, json={"physician_number": None}, headers=tag)
        assert errors_of(emptied) == [("physician_number", "required_for_physician")]
        assert (await client.patch(address, json={"post": "体检"}, headers=tag)).status_code == 200

    @pytest.mark.req("X24", "TRN-23")
    async def test_no_practice_number_is_a_warning_only(self, client: AsyncClient) -> None:
        made = await client.post(PERSONNEL, json=form())
        assert [(each["field"], each["code"]) for each in made.json()["warnings"]] == [
            ("practice_number", "practice_number_missing")
        ]
        tag = {"If-Match": made.headers["etag"]}
        whole = await client.patch(made.headers["location"], json={"practice_number": "P1"}, headers=tag)
        assert whole.json()["warnings"] == []
