"""A unit with a receiver on loopback, which only tests may call."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from services.notifications.hooks import service, tasks
from services.notifications.main import app
from services.notifications.settings import notification_settings
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.notifications.arrivals import an_account, arrive
from tests.services.notifications.hooks.receivers import Receiver, receiving

MakeActor = Callable[..., Actor]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everywhere else only the internet is called."""
    anywhere = notification_settings().model_copy(update={"hooks_anywhere": True})
    monkeypatch.setattr(service, "notification_settings", lambda: anywhere)
    monkeypatch.setattr(tasks, "notification_settings", lambda: anywhere)


@pytest.fixture
async def unit(api: Runtime, make_actor: MakeActor) -> Actor:
    actor = make_actor(Permission.GROUP_REGISTRATION)
    await arrive(api.database, [an_account(account_id=actor.account_id, organisation_id=actor.organisation_id)])
    return actor


@pytest.fixture
async def client(client_for: ClientFor, unit: Actor) -> httpx.AsyncClient:
    return await client_for(app, unit)
