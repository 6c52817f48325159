"""The long work of all organisations, as the administration of the platform sees it (PLAT-09, AUTH-31)."""

from typing import Any

import pytest

from services.training.main import app
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.people.jobs.test_running import MakeActor, change, start


@pytest.mark.req("AUTH-31", "PLAT-06")
async def test_the_administration_sees_whose_work_how_far_and_nothing_of_it(
    runtime: Runtime, make_actor: MakeActor, client_for: ClientFor
) -> None:
    actor = make_actor(Permission.SCORE_ENTRY)
    jobs = [await start(runtime, actor) for _ in range(4)]
    hour = "created_at = now() - interval '1 hour', started_at = now()"
    for job, what in zip(
        jobs[1:],
        (hour, f"{hour}, done_at = now(), failure = '表格有误'", f"{hour}, done_at = now(), cancelled_at = now()"),
        strict=True,
    ):
        await change(runtime, job, what)
    keeper = await client_for(app, make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE))

    async def found(**wanted: Any) -> dict[str, dict[str, Any]]:
        rows = (await keeper.get("/api/training/jobs/all", params={"limit": 100, **wanted})).json()["items"]
        return {each["id"]: each for each in rows}

    ids = [str(each.id) for each in jobs]
    for at, state in enumerate(("waiting", "running", "failed", "cancelled")):
        row = (await found(state=state))[ids[at]]
        assert (row["state"], row["person_name"]) == (state, actor.person_name)
        assert {"files", "result", "allowed_actions"} & row.keys() == set()
    whole = await found(state=["waiting", "running"])
    assert (ids[0] in whole, ids[1] in whole, ids[2] in whole) == (True, True, False)
    assert whole[ids[1]]["seconds"] >= 3600
    assert ids[0] not in await found(until=whole[ids[1]]["created_at"])
    client = await client_for(app, actor)
    assert (await client.get("/api/training/jobs/all")).status_code == 403
