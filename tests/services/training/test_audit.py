"""操作记录: who saw and changed what, searched by the administration of the platform."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.training.main import app
from shared.clock import beijing_today, now_utc
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from tests.services.training.plans.test_plans import PLANS, form

pytestmark = pytest.mark.req("PLAT-04", "AUTH-31")
AUDIT, SPECIALTIES = "/api/training/audit", "/api/training/specialties"
ClientFor = Callable[[FastAPI, Actor | None], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def administrator(client_for: ClientFor, make_actor: Callable[..., Actor]) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE))


async def found(client: httpx.AsyncClient, **wanted: Any) -> list[dict[str, Any]]:
    answer = await client.get(AUDIT, params=wanted)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def switched(client: httpx.AsyncClient, mark: str) -> None:
    """A specialty of this test's own, taken out of use."""
    made = await client.post(SPECIALTIES, json={"label": f"专业{mark}"})
    done = await client.post(f"{made.headers['Location']}/disable", json={"reason": f"合并{mark}"})
    assert done.status_code == 200, done.text


async def test_what_was_done_is_found_by_its_words(administrator: httpx.AsyncClient) -> None:
    mark = new_id().hex[-8:]
    await switched(administrator, mark)
    newest, oldest = await found(administrator, q=mark, record_type="specialty")
    assert (newest["action_label"], newest["reason"]) == ("停用", f"合并{mark}")
    assert (oldest["action_label"], oldest["record_type_label"], oldest["viewed"]) == ("新建", "专业类别", False)
    assert {each["label"]: each["after"] for each in oldest["changes"]}["名称"] == f"专业{mark}"
    record = {"record_id": oldest["record_id"]}
    assert len(await found(administrator, **record)) == 2
    assert [each["action"] for each in await found(administrator, action="disable", **record)] == ["disable"]
    assert await found(administrator, views="true", **record) == []
    assert len(await found(administrator, actor_id=oldest["actor_id"], **record)) == 2
    assert await found(administrator, actor="没有这个人", **record) == []
    assert [each["id"] for each in await found(administrator, until=oldest["at"], **record)] == [oldest["id"]]


async def test_codes_are_read_by_their_names(
    client_for: ClientFor, make_actor: Callable[..., Actor], administrator: httpx.AsyncClient
) -> None:
    planner = await client_for(app, make_actor(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE))
    plan = (await planner.post(PLANS, json=form(specialties=["pneumoconiosis"]))).json()
    (made,) = await found(administrator, record_id=plan["id"], action="create")
    told = {each["field"]: each["after"] for each in made["changes"]}
    assert (told["specialties"], told["type_code"]) == ("职业性尘肺病及其他呼吸系统疾病", "职业病诊断医师")


async def test_it_is_searched_by_days_and_by_pages(administrator: httpx.AsyncClient) -> None:
    mark = new_id().hex[-8:]
    await switched(administrator, mark)
    today = beijing_today(now_utc())
    assert len(await found(administrator, q=mark, at_from=today, at_to=today)) == 2
    assert await found(administrator, q=mark, at_to=today - timedelta(days=1)) == []
    first = (await administrator.get(AUDIT, params={"q": mark, "limit": 1})).json()
    second = (await administrator.get(AUDIT, params={"q": mark, "limit": 1, "cursor": first["next_cursor"]})).json()
    assert [each["action"] for page in (first, second) for each in page["items"]] == ["disable", "create"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    "wanted",
    [
        {"record_id": "1"},
        {"until": "2026-01-01T00:00:00"},
        {"until": "0001-01-01T00:00:00+14:00"},
        {"at_from": "10000-01-01"},
        {"limit": "10000000000000"},
        {"cursor": "\u202e"},
    ],
)
async def test_what_cannot_be_read_is_refused(administrator: httpx.AsyncClient, wanted: dict[str, str]) -> None:
    assert (await administrator.get(AUDIT, params=wanted)).status_code == 422


async def test_nobody_else_sees_it(client_for: ClientFor, make_actor: Callable[..., Actor]) -> None:
    others = [each for each in Permission if each is not Permission.ADMINISTRATION]
    stranger = await client_for(app, make_actor(*others, level=Level.PROVINCE))
    for path in (AUDIT, f"{AUDIT}/record-types"):
        assert (await stranger.get(path)).status_code == 403
