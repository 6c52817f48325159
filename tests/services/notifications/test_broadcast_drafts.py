"""群发 before it is sent: a draft that nobody wants, and whom a plan still has (STAFF-06)."""

from typing import Any

import pytest
from sqlalchemy import text

from services.notifications.main import app
from shared.events import training
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.notifications.arrivals import arrive
from tests.services.notifications.test_broadcasts import (
    PATH,
    a_region,
    an_officer,
    body,
    drafted,
    refusals,
    units,
)

pytestmark = pytest.mark.req("STAFF-06", "BEY-12")


class TestDraft:
    async def test_its_author_throws_it_away(self, client_for: ClientFor, worker: Runtime) -> None:
        region = a_region()
        await units(worker, region, 1)
        author = an_officer(region=region)
        client, made = await drafted(client_for, author)
        at = f"{PATH}/{made['id']}"
        colleague = await client_for(app, an_officer(region=region, organisation_id=author.organisation_id))
        assert (await colleague.post(f"{at}/remove")).json()["code"] == "not_author"
        assert (await (await client_for(app, an_officer(region=region))).post(f"{at}/remove")).status_code == 404
        assert refusals(made)["remove"] is None
        assert "recall" not in {name for name, code in refusals(made).items() if code is None}
        assert (await client.post(f"{at}/remove")).status_code == 204
        assert (await client.get(at)).status_code == 404

    async def test_what_was_sent_stays(self, client_for: ClientFor, worker: Runtime) -> None:
        region = a_region()
        await units(worker, region, 1)
        client, made = await drafted(client_for, an_officer(region=region))
        at = f"{PATH}/{made['id']}"
        assert (await client.post(f"{at}/send")).status_code == 200
        assert (await client.post(f"{at}/remove")).json()["code"] == "not_a_draft"


class TestPlan:
    async def test_a_unit_whose_people_have_all_left_is_told_no_more(
        self, client_for: ClientFor, worker: Runtime
    ) -> None:
        region, plan = a_region(), new_id()
        one, _ = await units(worker, region, 2)

        def of(kind: type[Any], registration: Any, **more: Any) -> Any:
            return kind(
                plan_id=plan, plan_name="尘肺病培训班", registration_id=registration, person_id=new_id(),
                person_name="王医生", unit_id=one.organisation_id, **more,
            )  # fmt: skip

        async def recipients() -> int:
            _, made = await drafted(client_for, an_officer(region=region), plan_id=str(plan))
            return int(made["recipients"])

        first, second = new_id(), new_id()
        approved = training.RegistrationApproved
        await arrive(worker.database, [of(approved, first), of(approved, first), of(approved, second)])
        await arrive(worker.database, [of(training.RegistrationCancelled, first)])
        assert await recipients() == 1
        await arrive(worker.database, [of(training.RegistrationCancelled, new_id())])
        assert await recipients() == 1
        await arrive(worker.database, [of(training.RegistrationCancelled, second)])
        client = await client_for(app, an_officer(region=region))
        answer = await client.post(PATH, json=body(plan_id=str(plan)))
        assert answer.json()["errors"][0]["code"] == "plan_unknown"
        await arrive(worker.database, [of(approved, second)])
        assert await recipients() == 1

    async def test_a_unit_from_before_they_were_counted_stays(self, client_for: ClientFor, worker: Runtime) -> None:
        region, plan = a_region(), new_id()
        (one,) = await units(worker, region, 1)
        async with worker.database.unit_of_work() as session:
            there = "INSERT INTO plan_units (plan_id, unit_id, plan_name) VALUES (:plan, :unit, '班')"
            await session.execute(text(there), {"plan": plan, "unit": one.organisation_id})
        cancelled = training.RegistrationCancelled(
            plan_id=plan, plan_name="班", registration_id=new_id(), person_id=new_id(), person_name="王医生",
            unit_id=one.organisation_id,
        )  # fmt: skip
        await arrive(worker.database, [cancelled])
        _, made = await drafted(client_for, an_officer(region=region), plan_id=str(plan))
        assert made["recipients"] == 1
