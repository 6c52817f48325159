"""The clock (BEY-10): what is due of a unit as rows that follow everything that changes it, in the same transaction."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from services.declaration.clock import keeping
from services.declaration.clock.models import DueDate
from services.declaration.consumers import organisation_changed
from services.declaration.declarations.models import Declaration
from services.declaration.employers.models import Employer
from services.declaration.form.due import LawDays, months_after
from shared.clock import beijing_today, now_utc
from shared.db.session import Database
from tests.services.declaration.records import Cast, organisation
from tests.services.declaration.test_basics import edit

OWN = "/api/declaration/employers/current"
TODAY = beijing_today(now_utc())
pytestmark = pytest.mark.req("BEY-10")


async def rows(database: Database, employer_id: UUID) -> dict[str, date | None]:
    """{cause: last day}"""
    async with database.unit_of_work() as session:
        found = await session.execute(select(DueDate.cause, DueDate.last_day).where(DueDate.employer_id == employer_id))
        return dict(found.all())


async def tell(cast: Cast, what: str, day: date) -> Any:
    return await cast.employer.put(f"{OWN}/happenings/{what}", json={"happened_on": day.isoformat()})


class TestRows:
    async def test_they_follow_approval_and_revocation(self, cast: Cast, database: Database) -> None:
        mine = cast.actor.organisation_id
        assert await rows(database, mine) == {"initial": None}
        address = await cast.approved()
        assert await rows(database, mine) == {"annual": months_after(TODAY, 13) - timedelta(days=1)}
        assert (await cast.county.post(f"{address}/revoke", json={"reason": "有误"})).status_code == 200
        assert await rows(database, mine) == {"initial": None}

    async def test_a_change_of_basics_is_due_from_its_first_day(self, cast: Cast, database: Database) -> None:
        mine = cast.actor.organisation_id
        await cast.approved()
        await edit(cast.employer, name="改名后的公司")
        last = TODAY + timedelta(days=15)
        assert (await rows(database, mine))["change:basics"] == last
        async with database.unit_of_work() as session:
            since = TODAY - timedelta(days=9)
            await session.execute(update(DueDate).where(DueDate.cause == "change:basics").values(since=since))
            await session.execute(update(DueDate).values(last_day=since + timedelta(days=15)))
        await edit(cast.employer, name="又改名的公司")
        assert (await rows(database, mine))["change:basics"] == last - timedelta(days=9)

    async def test_a_name_that_is_as_declared_again_is_no_change(self, cast: Cast, database: Database) -> None:
        await cast.approved()
        before = (await cast.employer.get(OWN)).json()["name"]
        await edit(cast.employer, name="改名后的公司")
        await edit(cast.employer, name=before)
        assert set(await rows(database, cast.actor.organisation_id)) == {"annual"}

    async def test_what_the_unit_tells_of_itself(self, cast: Cast, database: Database) -> None:
        mine = cast.actor.organisation_id
        accepted = TODAY - timedelta(days=3)
        told = (await tell(cast, "accepted", accepted)).json()
        assert [(each["kind"], each["days_left"], each["state"]) for each in told["due"]] == [("initial", 27, "soon")]
        assert await rows(database, mine) == {"initial": accepted + timedelta(days=30)}
        assert (await cast.employer.delete(f"{OWN}/happenings/accepted")).status_code == 200
        assert await rows(database, mine) == {"initial": None}
        assert (await cast.employer.delete(f"{OWN}/happenings/accepted")).status_code == 404
        refused = (await tell(cast, "process", TODAY + timedelta(days=1))).json()
        assert refused["errors"][0]["code"] == "date_in_future"

    async def test_a_declaration_from_that_day_on_settles_it_and_nothing_but_a_注销_an_end(
        self, cast: Cast, database: Database
    ) -> None:
        mine = cast.actor.organisation_id
        await tell(cast, "process", TODAY - timedelta(days=2))
        await tell(cast, "ended", TODAY)
        assert set(await rows(database, mine)) == {"initial"}
        await cast.approved()
        assert await rows(database, mine) == {"cancellation": TODAY + timedelta(days=15)}
        async with database.unit_of_work() as session:
            await session.execute(update(Declaration).values(declared_on=TODAY - timedelta(days=1)))
            await keeping.correct(session, [mine])
        assert set(await rows(database, mine)) == {"cancellation", "change:process"}

    async def test_a_unit_that_is_stopped_owes_nothing_and_moves_with_its_region(
        self, cast: Cast, database: Database
    ) -> None:
        mine = cast.actor.organisation_id
        async with database.unit_of_work() as session:
            await organisation_changed(session, organisation(cast.actor, region_code="320505"))
        async with database.unit_of_work() as session:
            moved = select(DueDate.region_code).where(DueDate.employer_id == mine)
            assert await session.scalar(moved) == "320505"
            await organisation_changed(session, organisation(cast.actor, active=False))
        assert await rows(database, mine) == {}


class TestNight:
    async def test_it_mends_what_is_not_as_it_should_be_and_touches_nothing_else(
        self, cast: Cast, database: Database
    ) -> None:
        mine = cast.actor.organisation_id
        await cast.approved()
        right = await rows(database, mine)
        async with database.unit_of_work() as session:
            assert await keeping.correct(session, [mine]) == 0
            await session.execute(delete(DueDate).where(DueDate.employer_id == mine))
            assert await keeping.correct(session, [mine]) == 1
        assert await rows(database, mine) == right

    async def test_a_changed_day_of_the_law_reaches_every_unit(
        self, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine = cast.actor.organisation_id
        await tell(cast, "accepted", TODAY)
        longer = LawDays(initial=45)
        monkeypatch.setattr(keeping, "law", lambda: longer)
        async with database.unit_of_work() as session:
            assert await keeping.correct(session, [mine]) == 1
        assert await rows(database, mine) == {"initial": TODAY + timedelta(days=45)}

    async def test_a_unit_that_another_is_reckoning_is_passed_over(self, cast: Cast, database: Database) -> None:
        mine = cast.actor.organisation_id
        async with database.unit_of_work() as holder:
            await keeping.follow(holder, mine)
            async with database.unit_of_work() as session:
                await session.execute(delete(DueDate).where(DueDate.employer_id == mine))
                assert await keeping.correct(session, [mine]) == 0
        async with database.unit_of_work() as session:
            assert await session.scalar(select(Employer.id).where(Employer.id == mine)) == mine
