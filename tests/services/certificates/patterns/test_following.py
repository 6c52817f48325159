"""A number pattern goes with the class type that it is for (STAFF-01, STAFF-10)."""

from typing import Any

import pytest

from services.certificates.consumers import HANDLERS
from services.certificates.main import app
from shared.events.training import PlanTypeDeleted
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.certificates.patterns.test_patterns import PATTERNS, made

pytestmark = pytest.mark.req("STAFF-01", "STAFF-10")


async def test_the_pattern_of_a_deleted_type_goes_with_it(
    client_for: ClientFor, make_actor: Any, runtime: Runtime
) -> None:
    keeper = await client_for(app, make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE))
    pattern = await made(keeper)
    gone = PlanTypeDeleted(plan_type=pattern["plan_type"], label="检查医生")
    for _ in range(2):
        async with runtime.database.unit_of_work() as session:
            await HANDLERS[PlanTypeDeleted](session, gone)
    where = f"{PATTERNS}/{pattern['plan_type']}"
    assert (await keeper.get(where)).status_code == 404
    told = (await keeper.get(f"{where}/history")).json()
    assert [(each["action"], each["reason"]) for each in told][1:] == [("delete", "培训班类型“检查医生”已删除")]
