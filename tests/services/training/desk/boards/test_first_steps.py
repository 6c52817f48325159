"""What a new organiser is told to do first (FAQ-M1)."""

from typing import Any

import pytest

from services.training.desk.boards import first_steps_repository as repository
from services.training.main import app
from shared.roles import Level, Permission
from tests.services.training.records import add_plan

pytestmark = pytest.mark.req("FAQ-M1")
URL = "/api/training/boards/first-steps"


async def test_each_step_says_what_to_do_until_it_is_done(
    client_for: Any, make_actor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = (
        Permission.PLAN_MANAGEMENT,
        Permission.PROVINCE_REVIEW,
        Permission.CLASS_SCHEDULING,
        Permission.SCORE_ENTRY,
    )
    client = await client_for(app, make_actor(*every, level=Level.PROVINCE, region="320000"))
    found: dict[str, bool] = {}

    async def done(_session: Any) -> dict[str, bool]:
        return found

    monkeypatch.setattr(repository, "done", done)
    found |= dict.fromkeys(repository._DONE, False) | {repository.DRAFTED: True}
    steps = (await client.get(URL)).json()
    assert [step["done"] for step in steps] == [True, False, False, False, False]
    assert (steps[1]["label"], steps[1]["path"]) == ("发布培训计划", "/plans")
    assert steps[1]["advice"].startswith("请核对草稿后发布")


async def test_they_are_told_from_what_is_there_and_nobody_is_told_of_what_others_do(
    client_for: Any, make_actor: Any, open_app: Any
) -> None:
    runtime = await open_app(app)
    async with runtime.database.unit_of_work() as session:
        before = await repository.done(session)
        await add_plan(session)
        assert dict(before) | {repository.DRAFTED: True, repository.PUBLISHED: True} == await repository.done(session)
    client = await client_for(app, make_actor(Permission.PLAN_MANAGEMENT, level=Level.PROVINCE, region="320000"))
    assert [step["key"] for step in (await client.get(URL)).json()] == [repository.DRAFTED, repository.PUBLISHED]
