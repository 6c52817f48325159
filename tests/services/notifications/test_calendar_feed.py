"""The calendar at a secret address (BEY-03): whose it is, what of it is new, and when it ends."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notifications.feeds import endpoints
from services.notifications.main import app
from shared.clock import beijing_today, now_utc
from shared.ical import Entry
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.notifications.arrivals import an_account, an_organisation, arrive

MakeActor = Callable[..., Actor]
FEED, READ = "/api/notifications/calendar-feed", "/api/notifications/calendar.ics"
pytestmark = pytest.mark.req("BEY-03")


@dataclass
class Others:
    """Training and declaration, as they answer about a unit."""

    training: list[Entry] = field(default_factory=list)
    declaration: list[Entry] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    away: bool = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"].startswith("Bearer ")
        self.asked.append(request.url.path)
        entries = self.training if "/training/" in request.url.path else self.declaration
        return httpx.Response(503 if self.away else 200, json=[each.model_dump(mode="json") for each in entries])


@pytest.fixture
async def others(api: Runtime) -> AsyncIterator[Others]:
    told = Others()
    async with httpx.AsyncClient(transport=httpx.MockTransport(told.answer)) as client:
        app.state.runtime = replace(api, http=client)
        yield told
    app.state.runtime = api


@pytest.fixture
async def unit(api: Runtime, make_actor: MakeActor) -> Actor:
    actor = make_actor(Permission.GROUP_REGISTRATION)
    await news_of(api, actor)
    return actor


async def news_of(api: Runtime, actor: Actor, **changes: Any) -> None:
    values = {"permissions": actor.permissions, **changes}
    account = an_account(account_id=actor.account_id, organisation_id=actor.organisation_id, **values)
    await arrive(api.database, [account])


@pytest.fixture
async def address(client_for: ClientFor, unit: Actor) -> str:
    made = await (await client_for(app, unit)).post(FEED)
    assert made.status_code == 201, made.text
    return str(made.json()["address"])


def an_entry(days: int = 30, uid: UUID | None = None, **changes: Any) -> Entry:
    day = beijing_today(now_utc()) + timedelta(days=days)
    return Entry(
        **{"uid": uid or new_id(), "title": "培训：诊断医师第1期", "starts_on": day, "ends_on": day, **changes}
    )


async def read(client_for: ClientFor, address: str, **headers: str) -> httpx.Response:
    """As a calendar program does, which is nobody."""
    return await (await client_for(app, None)).get(f"{READ}?{address.partition('?')[2]}", headers=headers)


def events(answer: httpx.Response) -> dict[str, dict[str, str]]:
    """By UID, the properties of each."""
    assert answer.status_code == 200, answer.text
    parts = answer.content.replace(b"\r\n ", b"").decode().split("BEGIN:VEVENT\r\n")[1:]
    found = [dict(line.split(":", 1) for line in part.splitlines() if ":" in line) for part in parts]
    return {each["UID"]: each for each in found}


class TestWhatItShows:
    async def test_the_units_days_with_nobody_signed_in(
        self, client_for: ClientFor, unit: Actor, address: str, others: Others
    ) -> None:
        entry = an_entry(location="南京", note="本单位 2 人参加", path="/selections/1")
        others.training = [entry]
        answer = await read(client_for, address)
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        shown = events(answer)[str(entry.uid)]
        assert (shown["SUMMARY"], shown["SEQUENCE"], shown["STATUS"]) == (entry.title, "0", "CONFIRMED")
        assert others.asked == [f"/internal/training/calendar/{unit.organisation_id}"]
        used = (await (await client_for(app, unit)).get(FEED)).json()
        assert used["made_at"]
        assert used["used_at"]

    async def test_an_employer_sees_what_it_has_to_declare(
        self, api: Runtime, client_for: ClientFor, make_actor: MakeActor, others: Others
    ) -> None:
        both = make_actor(Permission.GROUP_REGISTRATION, Permission.HAZARD_DECLARATION)
        await news_of(api, both)
        address = (await (await client_for(app, both)).post(FEED)).json()["address"]
        others.training, others.declaration = [an_entry()], [an_entry(title="年度更新截止")]
        assert len(events(await read(client_for, address))) == 2
        assert len(others.asked) == 2

    async def test_nobody_without_days_has_one(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING))
        assert (await office.post(FEED)).status_code == 403


class TestWhatIsNew:
    async def test_the_same_is_not_sent_again(self, client_for: ClientFor, address: str, others: Others) -> None:
        others.training = [an_entry(), an_entry(at=now_utc())]
        first = await read(client_for, address)
        again = await read(client_for, address)
        assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
        kept = await read(client_for, address, **{"If-None-Match": first.headers["etag"]})
        assert (kept.status_code, kept.content) == (304, b"")

    async def test_what_changed_has_another_number_and_what_is_no_more_is_cancelled(
        self, client_for: ClientFor, address: str, others: Others
    ) -> None:
        moved, dropped, over = an_entry(), an_entry(), an_entry(days=-1)
        others.training = [moved, dropped, over]
        assert len(events(await read(client_for, address))) == 3
        others.training = [moved.model_copy(update={"location": "苏州"})]
        for _ in range(2):
            shown = events(await read(client_for, address))
            assert set(shown) == {str(moved.uid), str(dropped.uid)}
            assert (shown[str(moved.uid)]["SEQUENCE"], shown[str(moved.uid)]["LOCATION"]) == ("1", "苏州")
            assert (shown[str(dropped.uid)]["SEQUENCE"], shown[str(dropped.uid)]["STATUS"]) == ("1", "CANCELLED")
        others.training = [moved, dropped]
        back = events(await read(client_for, address))[str(dropped.uid)]
        assert (back["SEQUENCE"], back["STATUS"]) == ("2", "CONFIRMED")

    async def test_a_service_that_is_away_cancels_nothing(
        self, client_for: ClientFor, address: str, others: Others
    ) -> None:
        entry = an_entry()
        others.training = [entry]
        await read(client_for, address)
        others.away = True
        refused = await read(client_for, address)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
        others.away = False
        assert events(await read(client_for, address))[str(entry.uid)]["SEQUENCE"] == "0"

    async def test_a_new_address_goes_on_with_the_numbers(
        self, client_for: ClientFor, unit: Actor, address: str, others: Others
    ) -> None:
        entry = an_entry(starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 1))
        others.training = [entry]
        await read(client_for, address)
        others.training = [entry.model_copy(update={"title": "另一标题"})]
        new = (await (await client_for(app, unit)).post(FEED)).json()["address"]
        assert events(await read(client_for, new))[str(entry.uid)]["SEQUENCE"] == "1"


@pytest.mark.req("PLAT-06")
class TestEnds:
    async def test_renewed_the_old_one_ends_and_ended_both_do(
        self, client_for: ClientFor, unit: Actor, address: str, others: Others
    ) -> None:
        client = await client_for(app, unit)
        new = (await client.post(FEED)).json()["address"]
        assert (await read(client_for, address)).json()["code"] == "calendar_feed_unknown"
        assert (await read(client_for, new)).status_code == 200
        assert (await client.delete(FEED)).status_code == 204
        assert (await client.delete(FEED)).status_code == 404
        assert (await read(client_for, new)).status_code == 404
        assert (await client.get(FEED)).json() == {"made_at": None, "used_at": None}

    async def test_it_ends_with_the_account_and_with_the_organisation(
        self, api: Runtime, client_for: ClientFor, unit: Actor, address: str, others: Others
    ) -> None:
        await news_of(api, unit, active=False)
        assert (await read(client_for, address)).status_code == 404
        await news_of(api, unit)
        assert (await read(client_for, address)).status_code == 200
        await arrive(api.database, [an_organisation(unit.organisation_id, active=False)])
        assert (await read(client_for, address)).status_code == 404

    async def test_guessing_is_counted_and_so_is_reading(
        self, api: Runtime, client_for: ClientFor, address: str, others: Others, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await api.redis.delete("calendar-keys:127.0.0.1")
        monkeypatch.setattr(endpoints, "WRONG_KEYS", 2)
        codes = [(await read(client_for, f"?key={new_id().hex}")).status_code for _ in range(3)]
        assert codes == [404, 404, 429]
        await api.redis.delete("calendar-keys:127.0.0.1")
        monkeypatch.setattr(endpoints, "READS", 1)
        assert [(await read(client_for, address)).status_code for _ in range(2)] == [200, 429]
