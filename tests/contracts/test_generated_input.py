"""Input made from each service's own OpenAPI document, right and wrong, at every route (PLAT-01): nothing is ever answered with a 5xx or
with a status that the document has not, and every refusal is a problem document. The cases are the same in every run; `make fuzz` has
some twenty thousand, each by another role in turn.
"""

from collections.abc import Iterator, Sequence
from itertools import cycle, product
from typing import Any, TypeVar

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from ops.catalogue import APPS
from services.declaration.consumers import organisation_changed
from shared.identity import Actor
from shared.roles import PERMISSIONS, Level
from shared.runtime import Runtime
from shared.services import Service
from shared.web.openapi import FROM_TABLES, codes
from tests.conftest import ClientFor, make_actor
from tests.contracts.problems import all_powerful, check_problem
from tests.length import LONG, at_length
from tests.services.declaration.records import organisation

pytestmark = pytest.mark.req("PLAT-01")
# The simplest one and another, right and wrong, for each operation and each of two callers.
EXAMPLES = at_length(2, 20)
T = TypeVar("T")
# Signing in checks a password on purpose slowly, and signing out would end the tester's own session.
# The blank form comes from another service, which does not run here: 503 is its right answer.
NOT_CALLED = {
    "POST /api/auth/password",
    "DELETE /api/auth/sessions/current",
    "GET /api/auth/applications/blank-form.pdf",
}
KNOWN = codes()
FRESH_VERSION = {"If-Match": '"1"'}
_ONCE = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def cases_of(operation: Any, mode: GenerationMode) -> list[requests.PreparedRequest]:
    """Requests of one operation; none when an operation without any input cannot be called wrongly."""
    found: list[requests.PreparedRequest] = []

    @_ONCE
    @given(case=operation.as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        found.append(requests.Request(**case.as_transport_kwargs(base_url="http://platform")).prepare())

    try:
        collect()
    except Unsatisfiable:
        assert not found
    return found


async def send(client: httpx.AsyncClient, case: requests.PreparedRequest) -> httpx.Response:
    headers = {**FRESH_VERSION, "Content-Type": str(case.headers.get("Content-Type", ""))}
    body = case.body.encode() if isinstance(case.body, str) else case.body
    assert body is None or isinstance(body, bytes)
    return await client.request(str(case.method), str(case.url), headers=headers, content=body or b"")


async def make_known(runtime: Runtime, actor: Actor) -> None:
    """An employer whom the directory does not know yet is asked to wait (503); auth's event makes it known."""
    if runtime.service is Service.DECLARATION:
        async with runtime.database.unit_of_work() as session:
            await organisation_changed(session, organisation(actor, level=Level.UNIT))


def callers() -> list[Actor]:
    """Two whom no permission stops; at length, every role of the table as well."""
    roles = [make_actor(*permissions, level=level) for (_, level), permissions in PERMISSIONS.items()] if LONG else []
    return [all_powerful(Level.UNIT), all_powerful(Level.PROVINCE), *roles]


def dealt(
    cases: Sequence[requests.PreparedRequest], turn: Iterator[T], first: Sequence[T]
) -> Iterator[tuple[requests.PreparedRequest, T]]:
    """Who sends what: both of two everything, many in turn."""
    return zip(cases, turn, strict=False) if LONG else product(cases, first)


@pytest.mark.parametrize("service", list(Service))
async def test_no_generated_input_breaks_a_route(client_for: ClientFor, service: Service) -> None:
    app = APPS[service]
    actors = callers()
    clients = [await client_for(app, actor) for actor in actors]
    for actor in actors:
        await make_known(app.state.runtime, actor)
    called, turn = 0, cycle(clients)
    for found in schemathesis.openapi.from_dict(app.openapi()).get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.label in NOT_CALLED:
            continue
        cases = [case for mode in GenerationMode for case in cases_of(operation, mode)]
        for case, client in dealt(cases, turn, clients):
            answer = await send(client, case)
            called += 1
            shown = f"{case.method} {case.url} {str(case.body)[:1500]} → {answer.status_code} {answer.text[:600]}"
            assert answer.status_code < 500, shown
            assert str(answer.status_code) in operation.definition.raw["responses"], f"not declared: {shown}"
            if answer.status_code >= 400:
                problem = check_problem(answer)
                assert problem["code"] in KNOWN[answer.status_code] or answer.status_code in FROM_TABLES, shown
    assert called > EXAMPLES * 5
