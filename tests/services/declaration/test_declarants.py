"""Who has something to declare: a hospital that is in the directory for its training alone is no employer that never declared."""

from collections.abc import Iterator

import pytest

from services.declaration.consumers import account_changed, organisation_changed
from shared.db.session import Database
from shared.roles import Permission
from tests.services.declaration.figures import COUNTIES, drifted, fold, total
from tests.services.declaration.records import Cast, MakeCast, organisation
from tests.services.declaration.test_clock import rows
from tests.services.declaration.test_urging import account
from tests.services.news import written

pytestmark = pytest.mark.req("BEY-10", "STAFF-12")
HOSPITAL = ("examination",)
_LATER: Iterator[int] = iter(range(1, 100))


async def told_that_it_is(cast: Cast, database: Database, *kinds: str) -> None:
    async with database.unit_of_work() as session:
        await organisation_changed(session, organisation(cast.actor, kinds=kinds))


async def counted(cast: Cast, database: Database) -> tuple[int, int, list[str]]:
    """(registered, declared, what is due)"""
    await fold(database)
    found = await total(cast.county)
    assert await drifted(database, cast.actor.region_code) == []
    return found["registered"], found["declared"], list(await rows(database, cast.actor.organisation_id))


async def test_a_hospital_owes_nothing_until_one_of_its_accounts_may_declare(
    make_cast: MakeCast, database: Database
) -> None:
    cast = await make_cast(region=next(COUNTIES))
    await told_that_it_is(cast, database, *HOSPITAL)
    assert await counted(cast, database) == (0, 0, [])
    for may, owes in ((Permission.GROUP_REGISTRATION, 0), (Permission.HAZARD_DECLARATION, 1)):
        event = account(cast, permissions=frozenset({may}))
        async with database.unit_of_work() as session:
            with written(event, later=next(_LATER)):
                await account_changed(session, event)
        assert await counted(cast, database) == (owes, 0, ["initial"] * owes)


async def test_who_employs_or_has_declared_is_counted_whatever_else_it_is(
    make_cast: MakeCast, database: Database
) -> None:
    cast = await make_cast(region=next(COUNTIES))
    await told_that_it_is(cast, database, *HOSPITAL, "employer")
    assert await counted(cast, database) == (1, 0, ["initial"])
    await cast.approved()
    await told_that_it_is(cast, database, *HOSPITAL)
    assert await counted(cast, database) == (1, 1, ["annual"])
