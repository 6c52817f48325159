"""What was put aside is seen with its reason and tried again by a command; what is refused again stays where it is (PLAT-11)."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from ops import let_go as command
from ops.up.servers import Servers
from shared.clock import now_utc
from shared.db.session import Database
from shared.events.alarms import AuthAlarmRaised
from shared.events.base import Envelope, Place
from shared.events.bookmarks import PARK_AFTER, ParkedEvent
from shared.identifiers import new_id
from shared.settings import platform_settings
from tests.shared.ledger import SERVICE, new_ledger

pytestmark = pytest.mark.req("PLAT-11", "PLAT-10")
GOOD = AuthAlarmRaised(check="texts_waiting", label="短信没有发出", count=1, since=now_utc()).model_dump(mode="json")


@pytest.fixture(scope="session")
async def own_database(platform: Servers) -> AsyncIterator[Database]:
    database = new_ledger(platform, "put_aside")
    yield database
    await database.close()


@pytest.fixture(autouse=True)
def _at_the_own_database(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    url = own_database.engine.url.render_as_string(hide_password=False)
    settings = platform_settings().model_copy(update={"database_url": url})
    monkeypatch.setattr(command, "platform_settings", lambda: settings)


async def park(database: Database, payload: dict[str, object]) -> UUID:
    event_id = new_id()
    envelope = Envelope(
        place=Place(),
        id=event_id,
        type=AuthAlarmRaised.type,
        occurred_at=now_utc(),
        correlation_id="",
        payload=payload,
    )
    async with database.unit_of_work() as session:
        session.add(
            ParkedEvent(
                event_id=event_id,
                producer="auth",
                type=envelope.type,
                envelope=envelope.model_dump(mode="json"),
                attempts=PARK_AFTER,
                reason="ValueError('why')",
                parked_at=now_utc(),
            )
        )
    return event_id


async def is_parked(database: Database, event_id: UUID) -> bool:
    async with database.unit_of_work() as session:
        return await session.get(ParkedEvent, event_id) is not None


async def test_without_a_choice_they_are_listed_with_their_reasons(
    own_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    event_id = await park(own_database, GOOD)
    assert await command.run([SERVICE]) == 1
    told = capsys.readouterr().out
    assert f"{event_id} {AuthAlarmRaised.type}" in told
    assert "ValueError('why')" in told
    assert await is_parked(own_database, event_id)


async def test_what_is_accepted_goes_and_what_is_not_stays(
    own_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = await park(own_database, GOOD), await park(own_database, {"check": "texts_waiting"})
    assert await command.run([SERVICE, "--type", AuthAlarmRaised.type]) == 1
    told = capsys.readouterr().out
    assert f"✓ {good}" in told
    assert f"✗ {bad}" in told
    assert [await is_parked(own_database, each) for each in (good, bad)] == [False, True]


async def test_one_alone(own_database: Database) -> None:
    asked, other = await park(own_database, GOOD), await park(own_database, GOOD)
    assert await command.run([SERVICE, "--event", str(asked)]) == 0
    assert [await is_parked(own_database, each) for each in (asked, other)] == [False, True]
    assert await command.run([SERVICE, "--event", str(asked)]) == 1, "there is no such event any more"
