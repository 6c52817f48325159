"""The form of a plan: its definition, the check while it is filled in, and why a field can still be changed (STAFF-01, TRN-45)."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.training.main import app
from services.training.plans.rules import HARMLESS
from services.training.plans.schemas import PlanCreate
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.workdays import Calendar
from tests.services.training.plans.test_plans import PLANS, form, in_use
from tests.services.training.records import today

pytestmark = pytest.mark.req("STAFF-01")


@pytest.fixture
async def province(
    client_for: Callable[..., Awaitable[httpx.AsyncClient]], make_actor: Callable[..., Actor]
) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE))


async def checked(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    answer = await client.post(f"{PLANS}/check", json=given)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_definition_has_every_field_of_a_plan(province: httpx.AsyncClient) -> None:
    definition = (await province.get(f"{PLANS}/form-definition")).json()
    drawn = {each["name"]: each for part in definition["sections"] for each in part["fields"]}
    assert drawn.keys() == PlanCreate.model_fields.keys() - {"attachment_ids", "attachments_of"}
    types = (await province.get("/api/training/plan-types")).json()
    assert {each["value"]: each["label"] for each in drawn["type_code"]["choices"]} == {
        each["code"]: each["label"] for each in types
    }
    assert drawn["name"]["required"]
    assert not drawn["pass_mark"]["required"]
    assert drawn["exam_groups"]["kind"] == "groups"


async def test_what_is_not_there_yet_is_no_error_and_a_type_with_specialties_asks_for_them(
    province: httpx.AsyncClient,
) -> None:
    begun = await checked(province, name="")
    assert begun["errors"] == []
    assert "specialties" not in begun["required_now"]
    typed = await checked(province, type_code="diagnosis_physician", hours="很多")
    assert [each["field"] for each in typed["errors"]] == ["hours"]
    assert "specialties" in typed["required_now"]


async def test_specialties_are_of_their_type_and_groups_of_what_is_opened(province: httpx.AsyncClient) -> None:
    given = {"type_code": "diagnosis_physician", "specialties": ["skin", "dose"], "exam_groups": [["skin", "eye"]]}
    found = (await checked(province, **given))["errors"]
    assert [each["field"] for each in found] == ["specialties", "exam_groups"]
    right = {**given, "specialties": ["skin", "eye"]}
    assert (await checked(province, **right))["errors"] == []


async def test_a_deadline_when_nobody_works_is_a_hint(province: httpx.AsyncClient) -> None:
    (hint,) = (await checked(province, registration_deadline="2099-10-02"))["hints"]
    assert "节假日" in hint["message"]
    (hint,) = (await checked(province, registration_deadline=str(today() - timedelta(days=1))))["hints"]
    assert hint["code"] == "deadline_passed"


async def test_what_is_left_empty_is_as_the_form_says(province: httpx.AsyncClient) -> None:
    made = await province.post(PLANS, json=form(pass_mark=None, notice=None, age_limit=None))
    assert made.status_code == 201, made.text
    assert (made.json()["pass_mark"], made.json()["notice"], made.json()["age_limit"]) == (60, "", None)


async def test_each_field_of_a_plan_says_why_it_can_be_changed_or_not(
    province: httpx.AsyncClient, open_app: Callable[[FastAPI], Awaitable[Runtime]], make_actor: Callable[..., Actor]
) -> None:
    plan = await in_use(open_app, make_actor(Permission.GROUP_REGISTRATION))
    shown = (await province.get(f"{PLANS}/{plan.id}")).json()
    told = {each["name"]: each for each in shown["editing"]}
    assert all(each["reason"] and each["label"] for each in told.values())
    assert {name for name, each in told.items() if each["editable"]} == {*HARMLESS, "registration_deadline"}
    assert sorted(shown["editable_fields"]) == sorted(name for name, each in told.items() if each["editable"])
    assert "推迟" in told["registration_deadline"]["reason"]


def test_a_day_is_called_by_what_makes_it_special() -> None:
    assert Calendar().in_words(date(2026, 10, 1)) == "周四（节假日）"
    assert Calendar().in_words(date(2026, 10, 10)) == "周六（调休上班）"
    assert Calendar().in_words(date(2026, 10, 11)) == "周日"
    assert Calendar().in_words(date(2026, 10, 12)) == "周一"
