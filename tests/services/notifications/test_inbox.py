"""The inbox shows what is one's own, and nothing else."""

from collections.abc import Callable

import pytest

from services.notifications.main import app
from services.notifications.notices.tasks import expand_notices
from shared.identity import Actor
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.notifications.arrivals import an_account, arrive, returned

MakeActor = Callable[..., Actor]
INBOX = "/api/notifications/messages"


@pytest.fixture
async def told(worker: Runtime, make_actor: MakeActor) -> Actor:
    """Somebody with three messages."""
    actor = make_actor()
    account = an_account(account_id=actor.account_id, organisation_id=actor.organisation_id)
    await arrive(worker.database, [account])
    await arrive(worker.database, [returned(actor.organisation_id, f"原因{number}") for number in range(3)])
    await expand_notices(worker)
    return actor


@pytest.mark.req("NOTE-03", "BEY-03")
class TestInbox:
    async def test_it_lists_the_newest_first_page_by_page(self, client_for: ClientFor, told: Actor) -> None:
        client = await client_for(app, told)
        first = (await client.get(INBOX, params={"limit": 2})).json()
        second = (await client.get(INBOX, params={"limit": 2, "cursor": first["next_cursor"]})).json()
        assert (first["total"], second["next_cursor"]) == (3, None)
        items = [*first["items"], *second["items"]]
        assert [item["created_at"] for item in items] == sorted((item["created_at"] for item in items), reverse=True)
        assert len({item["id"] for item in items}) == 3
        assert {item["kind_label"] for item in items} == {"报名退回"}

    async def test_reading_one_counts_it(self, client_for: ClientFor, told: Actor) -> None:
        client = await client_for(app, told)
        message = (await client.get(INBOX)).json()["items"][0]
        assert (await client.get(f"{INBOX}/{message['id']}")).json() == message
        assert (await client.get(f"{INBOX}/summary")).json() == {"unread": 3}
        read = (await client.post(f"{INBOX}/{message['id']}/read")).json()
        again = (await client.post(f"{INBOX}/{message['id']}/read")).json()
        assert read["read_at"]
        assert again == read
        assert (await client.get(f"{INBOX}/summary")).json() == {"unread": 2}
        unread = (await client.get(INBOX, params={"unread": True})).json()["items"]
        assert message["id"] not in {item["id"] for item in unread}
        assert len(unread) == 2
        seen = (await client.get(INBOX, params={"unread": False, "kind": "registration_returned"})).json()["items"]
        assert [item["id"] for item in seen] == [message["id"]]

    async def test_reading_all(self, client_for: ClientFor, told: Actor) -> None:
        client = await client_for(app, told)
        assert (await client.post(f"{INBOX}/read-all")).json() == {"marked": 3}
        assert (await client.post(f"{INBOX}/read-all")).json() == {"marked": 0}
        assert (await client.get(f"{INBOX}/summary")).json() == {"unread": 0}


@pytest.mark.req("PLAT-06")
class TestStrangers:
    async def test_a_stranger_sees_nothing(self, client_for: ClientFor, told: Actor, make_actor: MakeActor) -> None:
        mine = await client_for(app, told)
        message = (await mine.get(INBOX)).json()["items"][0]
        colleague = await client_for(app, make_actor(organisation_id=told.organisation_id))
        assert (await colleague.get(INBOX)).json()["items"] == []
        assert (await colleague.get(f"{INBOX}/summary")).json() == {"unread": 0}
        for answer in (
            await colleague.get(f"{INBOX}/{message['id']}"),
            await colleague.post(f"{INBOX}/{message['id']}/read"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert (await colleague.post(f"{INBOX}/read-all")).json() == {"marked": 0}
        assert (await mine.get(f"{INBOX}/summary")).json() == {"unread": 3}

    @pytest.mark.parametrize("address", [INBOX, f"{INBOX}/summary"])
    async def test_nobody_is_asked_to_sign_in(self, client_for: ClientFor, address: str) -> None:
        assert (await (await client_for(app, None)).get(address)).status_code == 401
