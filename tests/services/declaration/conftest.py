"""The people around one employer, signed in; each test gets its own."""

from collections.abc import Callable
from typing import Any

import pytest

from services.declaration.consumers import organisation_changed
from services.declaration.main import app
from shared.db.session import Database
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.declaration.group_records import Company, MakeCompany, a_code
from tests.services.declaration.legacy_records import KEEPER, Desk
from tests.services.declaration.records import COUNTY, PEOPLE, Cast, MakeCast, organisation, region_of


@pytest.fixture
async def database(open_app: Any) -> Database:
    database: Database = (await open_app(app)).database
    return database


@pytest.fixture
def make_cast(client_for: ClientFor, make_actor: Callable[..., Actor], database: Database) -> MakeCast:
    async def make(*, region: str = COUNTY, name: str | None = None) -> Cast:
        changes = {"organisation_name": name} if name else {}
        employer = make_actor(Permission.HAZARD_DECLARATION, region=region, **changes)
        async with database.unit_of_work() as session:
            await organisation_changed(session, organisation(employer))
        officials = {
            who: await client_for(app, make_actor(*permissions, level=level, region=region_of(level, region)))
            for who, (level, permissions) in PEOPLE.items()
        }
        return Cast(employer=await client_for(app, employer), actor=employer, **officials)

    return make


@pytest.fixture
async def cast(make_cast: MakeCast) -> Cast:
    return await make_cast()


@pytest.fixture
async def desk(client_for: ClientFor, make_actor: Callable[..., Actor], open_app: Any) -> Desk:
    keeper = make_actor(*KEEPER, level=Level.PROVINCE, region="320000")
    return Desk(await client_for(app, keeper), await open_app(app), keeper)


@pytest.fixture
def make_company(client_for: ClientFor, make_actor: Callable[..., Actor], database: Database) -> MakeCompany:
    async def make(*, region: str = COUNTY, code: str = "", scopes: Any = None, **told: Any) -> Company:
        code = code or a_code()
        actor = make_actor(
            Permission.HAZARD_DECLARATION, region=region, organisation_name=f"某公司{code}", scopes=scopes
        )
        async with database.unit_of_work() as session:
            await organisation_changed(session, organisation(actor, credit_code=code, **told))
        return Company(await client_for(app, actor), actor, code)

    return make


@pytest.fixture
async def head(make_company: MakeCompany) -> Company:
    """A company that has made a group."""
    company = await make_company()
    await company.group()
    return company


@pytest.fixture
async def runtime(open_app: Any) -> Runtime:
    opened: Runtime = await open_app(app)
    return opened
