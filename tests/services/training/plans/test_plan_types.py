"""Each 培训班类型 with the 专业类别 that it may open (TRN-45)."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from services.training.main import app
from shared.identity import Actor
from shared.roles import Permission


@pytest.mark.req("TRN-45")
async def test_each_type_brings_its_own_specialties(
    client_for: Callable[..., Awaitable[httpx.AsyncClient]], make_actor: Callable[..., Actor]
) -> None:
    unit = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
    types = {each["code"]: each for each in (await unit.get("/api/training/plan-types")).json()}
    assert len(types["diagnosis_physician"]["specialties"]) == 10
    assert len(types["arbitration_expert"]["specialties"]) == 12
    assert len(types["skills_training"]["specialties"]) == 3  # M7Q3
    assert types["diagnosis_physician"]["specialties"][0]["label"] == "职业性尘肺病及其他呼吸系统疾病"
