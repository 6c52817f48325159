"""The form of a person checked while it is filled in: by field, nothing written, and it says what is asked for as it stands."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import func, select

from services.training.main import app
from services.training.people.personnel.models import Person, StaffMember
from shared.db.history import History
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.people.personnel.forms import OF_PHYSICIANS, PERSONNEL, STARRED, form, fresh_id
from tests.services.training.records import add_plan, add_registration, add_staff

CHECK = f"{PERSONNEL}/check"
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]


@pytest.fixture
async def unit(client_for: ClientFor) -> AsyncClient:
    return await client_for(app, make_actor(Permission.INSTITUTION_FILING))


async def check(client: AsyncClient, staff_id: str | None = None, **given: Any) -> dict[str, Any]:
    answer = await client.post(CHECK, json=given, params={"staff_id": staff_id} if staff_id else None)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def errors_of(told: dict[str, Any]) -> dict[str, str]:
    return {each["field"]: each["code"] for each in told["errors"]}


class TestWhatIsThere:
    @pytest.mark.req("TRN-07", "FAQ-D11")
    async def test_an_empty_form_has_no_error_and_its_stars_are_asked_for(self, unit: AsyncClient) -> None:
        told = await check(unit)
        assert (told["errors"], told["hints"], set(told["required_now"])) == ([], [], set(STARRED))

    @pytest.mark.req("TRN-07")
    async def test_a_right_form_has_none(self, unit: AsyncClient) -> None:
        assert (await check(unit, **form(practice_number="1")))["errors"] == []

    @pytest.mark.req("TRN-12", "TRN-15")
    async def test_a_blank_is_not_there(self, unit: AsyncClient) -> None:
        assert (await check(unit, name=" ", email="", attributes=[], departments=[], work_years=""))["errors"] == []

    @pytest.mark.req("TRN-08", "TRN-10", "TRN-11", "TRN-13", "TRN-14", "TRN-17", "TRN-19", "TRN-20", "TRN-21")
    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("resident_id", "320102199001011233"),
            ("sex", "其他"),
            ("birth_date", "1899-12-31"),
            ("mobile", "1380013800"),
            ("email", "a@"),
            ("landline", "025-0234567"),
            ("postcode", "21000"),
            ("education", "x"),
            ("diploma_number", "字" * 51),
            ("post", "字" * 51),
            ("work_years", 100),
            ("attributes", ["院长"]),
            ("physician_issued_on", "2099-01-01"),
            ("shoe_size", "42"),
        ],
    )
    async def test_each_wrong_field_is_told_and_only_it(self, unit: AsyncClient, field: str, wrong: object) -> None:
        told = await check(unit, **{**form(practice_number="1"), field: wrong})
        assert list(errors_of(told)) == [field]

    @pytest.mark.req("TRN-07", "FAQ-D11")
    async def test_it_says_of_a_field_what_saving_says(self, unit: AsyncClient) -> None:
        wrong = form(resident_id="1", mobile="2", work_years=-1, title="x", post="字" * 51)
        saved = (await unit.post(PERSONNEL, json=wrong)).json()["errors"]
        told = (await check(unit, **wrong))["errors"]
        assert sorted(told, key=str) == sorted(saved, key=str) != []


class TestWhatIsAskedFor:
    @pytest.mark.req("TRN-21", "TRN-22", "TRN-24", "X5")
    @pytest.mark.parametrize("attribute", ["检查医生", "职业病诊断医师", "鉴定专家"])
    async def test_more_of_physicians(self, unit: AsyncClient, attribute: str) -> None:
        told = await check(unit, attributes=["技师", attribute])
        assert set(told["required_now"]) == {*STARRED, *OF_PHYSICIANS}
        assert set((await check(unit, attributes=["技师"]))["required_now"]) == set(STARRED)

    @pytest.mark.req("TRN-20", "TRN-21")
    async def test_they_stay_asked_for_while_the_attributes_are_not_right_yet(self, unit: AsyncClient) -> None:
        told = await check(unit, attributes=["检查医生", "其他：", 7])
        assert (list(errors_of(told)), set(told["required_now"])) == (["attributes"], {*STARRED, *OF_PHYSICIANS})
        assert set((await check(unit, attributes={"检查医生": 1}))["required_now"]) == set(STARRED)

    @pytest.mark.req("X24")
    async def test_a_physician_without_practice_number_is_a_hint(self, unit: AsyncClient) -> None:
        assert [each["field"] for each in (await check(unit, **form()))["hints"]] == ["practice_number"]
        assert (await check(unit, **form(practice_number="1")))["hints"] == []


class TestWhoIsThereAlready:
    @pytest.mark.req("TRN-08")
    async def test_a_number_that_the_unit_has_is_told_but_not_to_the_file_itself(self, unit: AsyncClient) -> None:
        made = (await unit.post(PERSONNEL, json=form())).json()
        other = (await unit.post(PERSONNEL, json=form())).json()
        number = made["resident_id"]
        assert errors_of(await check(unit, resident_id=number)) == {"resident_id": "resident_id_taken"}
        assert errors_of(await check(unit, other["id"], resident_id=number)) == {"resident_id": "resident_id_taken"}
        assert errors_of(await check(unit, made["id"], resident_id=number)) == {}

    @pytest.mark.req("TRN-08", "PLAT-06")
    async def test_of_other_units_people_nothing_is_told(self, unit: AsyncClient, client_for: ClientFor) -> None:
        made = (await unit.post(PERSONNEL, json=form())).json()
        stranger = await client_for(app, make_actor(Permission.INSTITUTION_FILING))
        assert errors_of(await check(stranger, resident_id=made["resident_id"], name="另一人")) == {}
        answer = await stranger.post(CHECK, json={}, params={"staff_id": made["id"]})
        assert answer.status_code == 404

    @pytest.mark.req("TRN-08")
    async def test_a_registered_person_does_not_become_another(self, client_for: ClientFor, open_app: OpenApp) -> None:
        actor = make_actor(Permission.INSTITUTION_FILING)
        unit = await client_for(app, actor)
        async with (await open_app(app)).database.unit_of_work() as session:
            staff, free = await add_staff(session, actor), await add_staff(session, actor)
            await add_registration(session, actor, await add_plan(session, "skin"), staff, "skin")
        assert errors_of(await check(unit, str(free.id), resident_id=fresh_id())) == {}
        assert errors_of(await check(unit, str(staff.id), resident_id=fresh_id())) == {
            "resident_id": "resident_id_in_use"
        }


@pytest.mark.req("TRN-07", "PLAT-04")
async def test_nothing_is_written(unit: AsyncClient, open_app: OpenApp) -> None:
    given, runtime = form(), await open_app(app)

    async def rows() -> list[int | None]:
        async with runtime.database.unit_of_work() as session:
            return [
                await session.scalar(select(func.count()).select_from(each)) for each in (Person, StaffMember, History)
            ]

    before = await rows()
    await check(unit, **given)
    assert await rows() == before


@pytest.mark.req("PLAT-06")
async def test_it_is_for_those_who_keep_people(client_for: ClientFor) -> None:
    office = await client_for(app, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="320000"))
    assert (await office.post(CHECK, json={})).status_code == 403
