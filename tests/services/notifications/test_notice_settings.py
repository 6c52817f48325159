"""When an account's messages come: its own quiet hours, and its mails as one a day."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from services.notifications.deliveries import service
from services.notifications.deliveries.digest_tasks import send_digests
from services.notifications.deliveries.limits import next_digest, next_opening
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.tasks import send_due
from services.notifications.main import app
from services.notifications.messages.models import Message
from services.notifications.notices.tasks import expand_notices
from services.notifications.settings import notification_settings
from shared.events.auth import AccountChanged
from shared.events.training import RegistrationClosing
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.notifications.arrivals import a_phone, an_account, arrive, expiring, returned
from tests.services.notifications.outbox import caught, delivery_of

pytestmark = pytest.mark.req("BEY-03")
PATH = "/api/notifications/notice-settings"
NIGHT = datetime(2026, 11, 29, 16, 30, tzinfo=UTC)  # half past midnight in Beijing


async def _mails(worker: Runtime, account: AccountChanged) -> list[Delivery]:
    async with worker.database.unit_of_work() as session:
        found = select(Delivery).join(Message).where(Message.account_id == account.account_id)
        return list(await session.scalars(found.order_by(Delivery.id)))


async def _told(worker: Runtime, account: AccountChanged, number: int) -> None:
    for each in range(number):
        await arrive(worker.database, [returned(account.organisation_id, f"原因{each}")])
    await expand_notices(worker)


async def _is_due(worker: Runtime, account: AccountChanged) -> None:
    async with worker.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE digest_lines SET due_at = now() WHERE account_id = :id"), {"id": account.account_id}
        )


class TestHours:
    def test_own_hours_stand_in_for_the_platform_s(self) -> None:
        settings = notification_settings().model_copy(update={"quiet_from": 21, "quiet_until": 8})
        assert next_opening(settings, NIGHT, (22, 7)) == datetime(2026, 11, 29, 23, tzinfo=UTC)
        assert next_opening(settings, NIGHT, (3, 3)) is None
        assert next_digest(settings, NIGHT) == datetime(2026, 11, 30, 0, tzinfo=UTC)

    async def test_what_can_wait_waits_for_them(
        self, client_for: ClientFor, worker: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account = an_account(phone=a_phone())
        await arrive(worker.database, [account])
        client = await client_for(app, make_actor(account_id=account.account_id))
        body = {"quiet_from": 0, "quiet_until": 9, "digest": False}
        assert (await client.put(PATH, json=body)).json()["own_hours"] is True
        asked = []

        def opening(_settings: object, now: datetime, own: object) -> datetime:
            asked.append(own)
            return now + timedelta(hours=1)

        monkeypatch.setattr(service, "next_opening", opening)
        event = RegistrationClosing(
            plan_id=new_id(),
            plan_name="培训班",
            unit_ids=[account.organisation_id],
            hours_left=72,
            registration_deadline=(datetime.now(UTC) + timedelta(days=3)).date(),
        )
        await arrive(worker.database, [event])
        await expand_notices(worker)
        waiting = await delivery_of(worker, account)
        assert asked == [(0, 9)]
        assert waiting.due_at > waiting.created_at

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"quiet_from": 7, "quiet_until": None, "digest": False}, "quiet_until"),
            ({"quiet_from": 24, "quiet_until": 1, "digest": False}, "quiet_from"),
            ({"quiet_from": None, "quiet_until": None, "digest": True}, "digest"),
        ],
    )
    async def test_what_makes_no_sense_says_where(
        self, client_for: ClientFor, worker: Runtime, body: dict[str, object], field: str
    ) -> None:
        account = an_account()
        await arrive(worker.database, [account])
        client = await client_for(app, make_actor(account_id=account.account_id))
        answer = await client.put(PATH, json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
        assert (await client.get(PATH)).json()["digest_reason"] == "没有填写电子邮箱，请先在个人设置中填写"


class TestDigest:
    async def test_mails_come_together_but_for_those_that_must_and_what_was_read(
        self, client_for: ClientFor, worker: Runtime
    ) -> None:
        address = f"{new_id().hex}@hospital.example.cn"
        account = an_account(email=address)
        await arrive(worker.database, [account])
        client = await client_for(app, make_actor(account_id=account.account_id))
        body = {"quiet_from": None, "quiet_until": None, "digest": True}
        assert (await client.put(PATH, json=body)).json()["digest"] is True
        await _told(worker, account, 3)
        await arrive(worker.database, [expiring(account.account_id)])
        await expand_notices(worker)
        assert [row.kind for row in await _mails(worker, account)] == ["account_expiring"]
        read = (await client.get("/api/notifications/messages", params={"kind": "registration_returned"})).json()
        await client.post(f"/api/notifications/messages/{read['items'][0]['id']}/read")
        await send_digests(worker)
        assert len(await _mails(worker, account)) == 1, "it is not due yet"
        await _is_due(worker, account)
        for _ in range(2):
            await send_digests(worker)
        (mail,) = (row for row in await _mails(worker, account) if row.kind == "digest")
        assert mail.subject == "2 条未读消息"
        assert "原因0" in mail.text
        assert "原因2" not in mail.text
        await send_due(worker)
        assert len(await caught(worker, address)) == 2
