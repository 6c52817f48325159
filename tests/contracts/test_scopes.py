"""What a program's token may do (PLAT-15): nothing at a route that is in no scope, whatever the account behind it may; and no scope holds a
route that shows a number in clear, or has to do with accounts, passwords, phones or tokens.
"""

import re
from uuid import uuid4

import pytest

from ops.catalogue import APPS
from shared.roles import Level, Permission
from shared.scopes import LABELS, SCOPE_OF, SCOPES, Scope
from shared.services import Service
from shared.web.callers import CallerRule
from shared.web.openapi import routes
from tests.conftest import ClientFor, make_actor
from tests.contracts.problems import check_problem
from tests.contracts.test_routes import ALL, name_of, rules
from tests.contracts.test_views import CHANGED, REMEMBERED

pytestmark = pytest.mark.req("PLAT-15")
CALLERS: dict[str, frozenset[Permission]] = {
    name_of(route): rule.permissions
    for _, route in ALL
    for rule in rules(route.dependant)
    if isinstance(rule, CallerRule)
}
# A value that fits any parameter of a path well enough to find the route.
ANY = "00000000-0000-7000-8000-000000000000"


class TestTable:
    def test_every_scope_has_its_row_its_words_and_routes_of_its_own(self) -> None:
        assert [row.scope for row in SCOPES] == list(Scope)
        assert len(SCOPE_OF) == sum(len(row.routes) for row in SCOPES)
        assert len(set(LABELS.values())) == len(Scope)

    def test_every_route_of_it_asks_who_calls(self) -> None:
        assert SCOPE_OF.keys() <= CALLERS.keys()

    def test_whose_a_scope_is_is_whose_its_routes_are(self) -> None:
        for row in SCOPES:
            assert row.by == frozenset().union(*(CALLERS[route] for route in row.routes)), row.scope

    def test_reading_changes_nothing(self) -> None:
        for row in SCOPES:
            if row.scope.endswith(".read"):
                assert all(route.startswith("GET ") for route in row.routes), row.scope

    def test_nothing_is_shown_in_clear(self) -> None:
        assert SCOPE_OF.keys() & (REMEMBERED | CHANGED) == set()
        assert not [route for route in SCOPE_OF if re.search(r"history|attachments|identity|/pdf|file$", route)]

    def test_accounts_and_tokens_are_nobodys(self) -> None:
        assert not [route for route in SCOPE_OF if route.partition(" ")[2].startswith("/api/auth/")]


@pytest.mark.parametrize("service", list(Service))
async def test_outside_its_scopes_a_token_is_refused_at_every_route(client_for: ClientFor, service: Service) -> None:
    """By somebody whom no permission stops; with each scope but the one that opens the route."""
    tried = 0
    for route in routes(APPS[service]):
        name = name_of(route)
        if name not in CALLERS or not route.path.startswith("/api/"):
            continue
        scopes = frozenset(Scope) - {SCOPE_OF[name]} if name in SCOPE_OF else frozenset(Scope)
        client = await client_for(APPS[service], make_actor(*Permission, level=Level.PROVINCE, scopes=scopes))
        method = next(iter(route.methods or ()))
        answer = await client.request(method, re.sub(r"\{\w+\}", ANY, route.path), headers={"If-Match": '"1"'})
        assert (answer.status_code, check_problem(answer)["code"]) == (403, "outside_scope"), name
        tried += 1
    assert tried


async def test_within_them_it_sees_what_is_its_organisations(client_for: ClientFor) -> None:
    """Others' records are not there for it, as for people (PLAT-06)."""
    app = APPS[Service.TRAINING]
    scopes = frozenset({Scope.FILINGS_READ})
    client = await client_for(app, make_actor(Permission.INSTITUTION_FILING, scopes=scopes))
    assert (await client.get("/api/training/filings")).status_code == 200
    assert (await client.get(f"/api/training/filings/{uuid4()}")).status_code == 404


async def test_a_scope_brings_nothing_that_the_account_may_not(client_for: ClientFor) -> None:
    scopes = frozenset(Scope)
    client = await client_for(APPS[Service.TRAINING], make_actor(Permission.GROUP_REGISTRATION, scopes=scopes))
    answer = await client.get("/api/training/score-sheets")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
