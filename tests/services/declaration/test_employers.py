"""The directory of employers, kept from auth's events, and what a change of it does to a record that can still be edited."""

import pytest

from services.declaration.consumers import HANDLERS, organisation_changed
from services.declaration.employers.models import Employer
from shared.db.session import Database
from shared.events.auth import OrganisationChanged
from shared.identifiers import new_id
from shared.roles import Level
from tests.conftest import make_actor
from tests.services.declaration.records import Cast, organisation


class TestDirectory:
    async def test_a_unit_is_kept_and_followed(self, database: Database) -> None:
        actor = make_actor()
        for name in ("旧名", "新名"):
            async with database.unit_of_work() as session:
                await HANDLERS[OrganisationChanged](session, organisation(actor, name=name))
        async with database.unit_of_work() as session:
            employer = await session.get_one(Employer, actor.organisation_id)
        assert (employer.name, employer.name_initials, employer.active) == ("新名", "xm", True)
        assert (employer.credit_code, employer.region_code) == ("91320100MA1ABCD2XR", "320102")

    async def test_an_authority_is_no_employer(self, database: Database) -> None:
        actor = make_actor(organisation_id=new_id())
        async with database.unit_of_work() as session:
            await organisation_changed(session, organisation(actor, level=Level.COUNTY))
            assert await session.get(Employer, actor.organisation_id) is None

    @pytest.mark.req("DECL-12")
    @pytest.mark.parametrize(("region", "level"), [("320102", Level.COUNTY), ("441900", Level.CITY)])
    async def test_the_county_reviews_and_where_there_is_none_the_city(
        self, database: Database, region: str, level: Level
    ) -> None:
        actor = make_actor(region=region)
        async with database.unit_of_work() as session:
            await organisation_changed(session, organisation(actor))
            assert (await session.get_one(Employer, actor.organisation_id)).review_level is level


@pytest.mark.req("DECL-15", "FAQ-D4")
class TestBasics:
    async def rename(self, cast: Cast, database: Database) -> None:
        async with database.unit_of_work() as session:
            await organisation_changed(session, organisation(cast.actor, name="新名", region_code="320104"))

    async def test_a_change_shows_at_once_in_the_draft(self, cast: Cast, database: Database) -> None:
        address = await cast.add()
        before = (await cast.employer.get(address)).json()
        await self.rename(cast, database)
        after = (await cast.employer.get(address)).json()
        assert (after["employer_name"], after["region_code"]) == ("新名", "320104")
        assert after["version"] > before["version"]
        last = (await cast.employer.get(f"{address}/history")).json()[-1]
        assert (last["action"], last["after"]["employer_name"]) == ("follow_employer", "新名")

    async def test_and_in_a_rejected_record(self, cast: Cast, database: Database) -> None:
        address = await cast.rejected()
        await self.rename(cast, database)
        assert (await cast.employer.get(address)).json()["employer_name"] == "新名"

    @pytest.mark.parametrize("state", ["submitted", "approved"])
    async def test_what_was_declared_stays_as_it_was(self, cast: Cast, database: Database, state: str) -> None:
        address = await getattr(cast, state)()
        await self.rename(cast, database)
        assert (await cast.employer.get(address)).json()["employer_name"] == cast.actor.organisation_name
