"""Officers of one's own office, to be chosen by name; nobody of another office, and nobody who does not look at declarations."""

from typing import Any

import pytest
from sqlalchemy import update

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.main import app
from shared.roles import Grant, Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.officials import add_official

URL = "/api/auth/me/colleagues"


@pytest.mark.req("DECL-07", "PLAT-06", "PLAT-08")
async def test_an_office_finds_its_own_officers_by_name_or_account(
    runtime: Runtime, client_for: ClientFor, make_actor: Any
) -> None:
    grant = Grant.HEALTH_ADMINISTRATION
    own = await add_official(runtime, Level.COUNTY, "320102", grant, person_name="单晓敏")
    other = await add_official(runtime, Level.COUNTY, "320102", grant, person_name="单立")
    gone, manager = [
        await add_official(runtime, Level.COUNTY, "320102", which, person_name="单某")
        for which in (grant, Grant.ACCOUNT_MANAGEMENT)
    ]
    async with runtime.database.unit_of_work() as session:
        mine = [gone.id, manager.id]
        await session.execute(update(Account).where(Account.id.in_(mine)).values(organisation_id=own.organisation_id))
        await session.execute(update(Account).where(Account.id == gone.id).values(status=AccountStatus.DISABLED))
    actor = make_actor(
        Permission.DECLARATION_REVIEW, level=Level.COUNTY, region="320102", organisation_id=own.organisation_id
    )
    officer = await client_for(app, actor)
    expected = [{"id": str(own.id), "person_name": "单晓敏", "login_name": own.login_name}]
    for query in ("", "晓", "sxm", own.login_name):
        assert (await officer.get(URL, params={"q": query})).json() == expected, query
    assert (await officer.get(URL, params={"q": other.login_name})).json() == []
    unit = await client_for(app, make_actor(Permission.HAZARD_DECLARATION))
    assert (await unit.get(URL)).status_code == 403
