"""What a look-up costs: one statement that an index answers, whatever is asked (BEY-05)."""

import re
from typing import Any

import pytest
from sqlalchemy import event, text

from services.certificates.checks import repository
from services.certificates.issue.models import Certificate
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.certificates.records import rendered
from tests.services.certificates.test_checks import CHECKS, token_of

pytestmark = pytest.mark.req("BEY-05")


@pytest.fixture
async def certificate(runtime: Runtime) -> Certificate:
    return await rendered(runtime)


@pytest.fixture
def statements(runtime: Runtime) -> Any:
    """Every statement of this service's database, with its parameters."""
    seen: list[tuple[str, Any]] = []
    engine = runtime.database.engine.sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


async def test_a_look_up_is_one_statement(
    runtime: Runtime, public: Any, certificate: Certificate, statements: list[tuple[str, Any]]
) -> None:
    client = await public()
    asked = {"number": certificate.number, "name": certificate.holder_name}
    ways: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"{CHECKS}/{token_of(runtime, certificate)}", {}),
        ("POST", CHECKS, {"json": asked}),
        ("POST", "/verify/by-number", {"data": asked}),
    ]
    for method, path, sent in ways:
        statements.clear()
        assert (await client.request(method, path, **sent)).status_code == 200
        assert len([each for each, _ in statements if "FROM certificates" in each]) == len(statements) == 1
    statements.clear()
    assert (await client.get(f"{CHECKS}/x")).json()["result"] == "unknown"
    assert (await client.get("/verify")).status_code == 200
    assert statements == []


async def test_every_look_up_is_answered_by_an_index(
    runtime: Runtime, certificate: Certificate, statements: list[tuple[str, Any]]
) -> None:
    async with runtime.database.unit_of_work() as session:
        await repository.get_shown(session, new_id())
        await repository.get_by_number_and_name(session, number="1", name="张")
        await repository.get_by_digest(session, "0" * 64)
        asked = [each for each in statements if "FROM certificate" in each[0]]
        # The table of a test is small enough to be read whole; what is asked for is whether it could be otherwise.
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        connection = await session.connection()
        plans = []
        for statement, parameters in asked:
            rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            plans.append("\n".join(row[0] for row in rows))
    for column, plan in zip(("id", "number", "sha256"), plans, strict=True):
        assert re.search(rf"Index Cond: \(\(?{column}\)?(::text)? = ", plan), plan
    assert not [plan for plan in plans if "Seq Scan" in plan]
