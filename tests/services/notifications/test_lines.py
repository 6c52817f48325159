"""消息中心 by lines: what came of one thing on one day is one line (portal-pages 5.1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from services.notifications.kinds import COUNT
from services.notifications.main import app
from services.notifications.messages.models import Message
from services.notifications.notices.tasks import expand_notices
from shared.clock import now_utc, start_of_beijing_day
from shared.events.certificates import CertificateIssued
from shared.identifiers import new_id
from shared.identity import Actor
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.notifications.arrivals import PLAN, an_account, arrive, returned

pytestmark = pytest.mark.req("NOTE-03", "BEY-03")
INBOX = "/api/notifications/messages"


def issued(unit: UUID, session_id: UUID, name: str) -> CertificateIssued:
    return CertificateIssued(
        certificate_id=new_id(),
        number=f"苏职诊{name}",
        registration_id=new_id(),
        class_session_id=session_id,
        person_id=new_id(),
        person_name=name,
        unit_id=unit,
        plan_type="diagnosis",
        plan_name=PLAN["plan_name"],
        specialties=(),
        issued_on=start_of_beijing_day(now_utc().date()).date(),
        valid_until=None,
    )


@pytest.fixture
async def told(worker: Runtime, make_actor: Callable[..., Actor]) -> tuple[Actor, UUID]:
    """Three certificates of one class, one of another, and two people returned; the unit's own account."""
    actor, session_id = make_actor(), new_id()
    unit = actor.organisation_id
    await arrive(worker.database, [an_account(account_id=actor.account_id, organisation_id=unit)])
    certificates = [issued(unit, session_id, f"王{number}") for number in range(3)]
    await arrive(worker.database, [*certificates, issued(unit, new_id(), "李四")])
    await arrive(worker.database, [returned(unit, "照片不清晰"), returned(unit, "缺职称证书")])
    await expand_notices(worker)
    return actor, session_id


async def lines(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"{INBOX}/lines", params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


class TestLines:
    async def test_what_came_of_one_class_is_one_line_that_leads_to_all_of_it(
        self, client_for: ClientFor, told: tuple[Actor, UUID]
    ) -> None:
        actor, session_id = told
        client = await client_for(app, actor)
        found = {(each["kind"], each["count"]): each for each in await lines(client)}
        assert set(found) == {("certificate_issued", 3), ("certificate_issued", 1), ("registration_returned", 2)}
        many, one = found["certificate_issued", 3], found["certificate_issued", 1]
        assert many["title"] == f"3 张证书已签发：{PLAN['plan_name']}"
        assert (many["link"], many["unread"], many["body"]) == (f"/results/{session_id}", 3, "")
        assert (one["title"], one["body"][:2]) == ("证书签发：李四", "李四")
        assert not [each for each in found.values() if COUNT in each["title"]]

    async def test_a_line_is_opened_and_read_as_one(self, client_for: ClientFor, told: tuple[Actor, UUID]) -> None:
        client = await client_for(app, told[0])
        line = next(each for each in await lines(client, kind="certificate_issued") if each["count"] == 3)
        inside = (await client.get(f"{INBOX}/{line['id']}/line")).json()
        assert {each["title"] for each in inside} == {f"证书签发：王{number}" for number in range(3)}
        assert (await client.post(f"{INBOX}/{line['id']}/read-line")).json() == {"marked": 3}
        assert (await client.post(f"{INBOX}/{line['id']}/read-line")).json() == {"marked": 0}
        assert (await client.get(f"{INBOX}/summary")).json() == {"unread": 3}
        assert line["id"] not in {each["id"] for each in await lines(client, unread=True)}
        assert [each["count"] for each in await lines(client, unread=False)] == [3]

    @pytest.mark.req("PLAT-12")
    async def test_another_day_in_beijing_is_another_line(
        self, client_for: ClientFor, told: tuple[Actor, UUID], worker: Runtime
    ) -> None:
        client = await client_for(app, told[0])
        line = next(each for each in await lines(client) if each["count"] == 3)
        midnight = start_of_beijing_day(now_utc().date())
        inside = [UUID(each["id"]) for each in (await client.get(f"{INBOX}/{line['id']}/line")).json()]
        async with worker.database.unit_of_work() as session:
            for message_id, at in zip(inside, (midnight, midnight - timedelta(seconds=1), midnight), strict=True):
                await session.execute(update(Message).where(Message.id == message_id).values(created_at=at))
        found = [each for each in await lines(client, kind="certificate_issued") if each["title"] != "证书签发：李四"]
        assert sorted((each["count"], each["day"]) for each in found) == [
            (1, (midnight.date()).isoformat()),
            (2, (midnight + timedelta(hours=8)).date().isoformat()),
        ]
        alone = next(each for each in found if each["count"] == 1)
        assert len((await client.get(f"{INBOX}/{alone['id']}/line")).json()) == 1

    @pytest.mark.req("PLAT-08")
    async def test_pages_hold_every_line_once(self, client_for: ClientFor, told: tuple[Actor, UUID]) -> None:
        client = await client_for(app, told[0])
        seen, cursor = [], None
        while True:
            asked = {"limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await client.get(f"{INBOX}/lines", params=asked)).json()
            assert page["total"] == 3
            seen += [each["id"] for each in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                break
        assert (len(seen), len(set(seen))) == (3, 3)

    @pytest.mark.req("PLAT-06")
    async def test_a_colleague_has_lines_of_his_own(
        self, client_for: ClientFor, told: tuple[Actor, UUID], make_actor: Callable[..., Actor]
    ) -> None:
        line = (await lines(await client_for(app, told[0])))[0]
        colleague = await client_for(app, make_actor(organisation_id=told[0].organisation_id))
        assert await lines(colleague) == []
        for answer in (
            await colleague.get(f"{INBOX}/{line['id']}/line"),
            await colleague.post(f"{INBOX}/{line['id']}/read-line"),
        ):
            assert answer.status_code == 404
