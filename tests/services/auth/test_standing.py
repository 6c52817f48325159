"""运行状况: the administration reads of each service what the operator's command says of it (PLAT-10, AUTH-31)."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete

from ops.catalogue import APPS
from ops.retention import rules_of
from ops.status.reading import work_tables
from shared.clock import now_utc
from shared.event_checks import EventCheck
from shared.findings import Finding, FindingRow, keep
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.services import Service
from shared.settings import platform_settings
from tests.conftest import ClientFor

pytestmark = pytest.mark.req("PLAT-10", "AUTH-31")
MakeActor = Callable[..., Actor]


@pytest.mark.parametrize("service", Service)
async def test_each_says_how_it_stands_and_to_nobody_else(
    client_for: ClientFor, make_actor: MakeActor, service: Service
) -> None:
    path, app = f"/api/{service}/standing", APPS[service]
    told = (await (await client_for(app, make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE))).get(path)).json()
    assert {each["label"] for each in told["waiting"]} == {table.info["label"] for table in work_tables(service)}
    assert told["disks"]
    assert [each["label"] for each in told["retentions"]] == [
        rule.label for rule in rules_of(service, platform_settings())
    ]
    assert all(each["messages"] is not None for each in told["queues"])
    other = await client_for(app, make_actor(*set(Permission) - {Permission.ADMINISTRATION}, level=Level.PROVINCE))
    assert (await other.get(path)).status_code == 403


async def test_what_was_found_is_said_in_the_commands_words(
    runtime: Runtime, client_for: ClientFor, make_actor: MakeActor
) -> None:
    check = EventCheck.PARKED_EVENT
    async with runtime.database.unit_of_work() as session:
        await keep(session, Service.AUTH, [check], [Finding(check, "an event", now_utc(), "")])
    client = await client_for(APPS[Service.AUTH], make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE))
    [trouble] = [each for each in (await client.get("/api/auth/standing")).json()["troubles"] if each["what"] == check]
    assert trouble["words"] == f"1 处{check.label}"
    assert trouble["step"] == "运行 python -m ops let-go auth 查看原因并重新处理"
    async with runtime.database.unit_of_work() as session:
        await session.execute(delete(FindingRow).where(FindingRow.check == check))
