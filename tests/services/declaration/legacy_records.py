"""What the tests of the old system's list share: the administrator's desk, a unit that signs up, rows that no other test has."""

from collections.abc import Callable
from typing import Any

import httpx

from ops.legacy_sample import HEAD, units
from services.declaration.consumers import organisation_changed
from services.declaration.jobs.kinds import JOBS
from services.declaration.legacy.waiting import take_over
from shared.db.session import Database
from shared.events.auth import LegacyAccountMatched
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from shared.tasks.job_runner import run_jobs
from tests.services.declaration.records import organisation

IMPORTS, ROWS = "/api/declaration/legacy-imports", "/api/declaration/legacy-rows"
CODE, NAME, REGION, PHONE = (HEAD.index(each) for each in ("统一社会信用代码", "用人单位名称", "所属地区", "联系电话"))
Row = list[Any]
KEEPER = {Permission.ADMINISTRATION}


def some(count: int) -> list[Row]:
    """Rows that no other test has: each seed has codes and names of its own."""
    return [list(each) for each in units(count, seed=new_id().int % 10_000_000)]


class Desk:
    """The province's administrator with one file at a time."""

    def __init__(self, client: httpx.AsyncClient, runtime: Runtime, actor: Actor) -> None:
        self.client, self.runtime, self.organisation_id = client, runtime, actor.organisation_id

    async def send(self, data: bytes, name: str = "名单.csv") -> str:
        """Announced, sent in pieces, read; gives its address."""
        answer = await self.client.post(IMPORTS, json={"file_name": name, "size": len(data)})
        assert answer.status_code == 201, answer.text
        at, size = answer.headers["location"], answer.json()["part_bytes"]
        for part in range(answer.json()["parts"]):
            piece = {"file": ("p", data[part * size : (part + 1) * size], "application/octet-stream")}
            sent = await self.client.put(f"{at}/parts/{part + 1}", files=piece)
            assert sent.status_code == 200, sent.text
        await self.act(at, "read")
        return str(at)

    async def act(self, at: str, action: str) -> dict[str, Any]:
        begun = await self.client.post(f"{at}/{action}")
        assert begun.status_code == 200, begun.text
        await run_jobs(self.runtime, JOBS)
        return await self.read(at)

    async def read(self, at: str) -> dict[str, Any]:
        answer = await self.client.get(at)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def rows(self, at: str, **wanted: Any) -> list[dict[str, Any]]:
        params = {"import_id": at.rpartition("/")[2], "limit": 200, **wanted}
        answer = await self.client.get(ROWS, params=params)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def outcomes(self, at: str) -> list[str]:
        return [row["outcome"] for row in await self.rows(at)]


async def sign_up(
    make_actor: Callable[..., Actor], database: Database, row: Row, *, account: str = "", name: str = ""
) -> Actor:
    """The unit of this row opens an account, with its old one where that is given."""
    actor = make_actor(Permission.HAZARD_DECLARATION, organisation_name=name or row[NAME])
    told = organisation(actor, credit_code=row[CODE])
    async with database.unit_of_work() as session:
        await organisation_changed(session, told)
        if account:
            event = LegacyAccountMatched(organisation_id=actor.organisation_id, legacy_account=account)
            await take_over(session, event)
    return actor
