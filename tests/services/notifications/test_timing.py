"""What has lost its sense expires, what can wait waits for the day, an address has so many a day, a month a budget."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.notifications import invariants
from services.notifications.deliveries import repository, service
from services.notifications.deliveries.limits import next_opening, pieces_of
from services.notifications.deliveries.resending_service import put_back
from services.notifications.deliveries.tasks import send_due
from services.notifications.deliveries.workflow import DeliveryStatus
from services.notifications.kinds import MessageKind
from services.notifications.notices.catalogue import sms_kinds
from services.notifications.notices.tasks import expand_notices
from services.notifications.notices.texts import TEXTS
from services.notifications.notices.timing import TIMINGS, useless_at
from services.notifications.settings import NotificationSettings, notification_settings
from shared.clock import now_utc
from shared.runtime import Runtime
from shared.services import Service
from shared.sms import sms_route
from shared.sms.templates import Templates, TemplatesWrong, check_templates
from tests.services.notifications.arrivals import a_phone, an_account, arrive, expiring, returned
from tests.services.notifications.outbox import caught, delivery_of, time_passes, waiting

pytestmark = pytest.mark.req("BEY-12", "PLAT-11")
NIGHT = datetime(2026, 11, 29, 16, 30, tzinfo=UTC)  # half past midnight in Beijing
DAY = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
EIGHT = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)


def settings(**changes: Any) -> NotificationSettings:
    return notification_settings().model_copy(update=changes)


class TestExpires:
    def test_each_kind_that_names_a_day_has_it(self) -> None:
        by_kind = {row.kind: event for event, rows in TEXTS.items() for row in rows}
        for kind, timing in TIMINGS.items():
            assert timing.until is None or timing.until in by_kind[kind].model_fields, kind

    def test_a_deadline_ends_it_before_its_life_does(self) -> None:
        event = expiring(an_account().account_id, valid_until=date(2026, 11, 30))
        ends = datetime(2026, 11, 30, 15, 59, 59, 999999, tzinfo=UTC)
        assert useless_at(MessageKind.ACCOUNT_EXPIRING, event, DAY) == ends
        assert useless_at(MessageKind.REGISTRATION_RETURNED, event, DAY) == DAY + timedelta(days=3)

    async def test_what_is_late_is_not_sent(self, worker: Runtime) -> None:
        phone = a_phone()
        account = await waiting(worker, phone=phone)
        async with worker.database.unit_of_work() as session:
            late = "UPDATE deliveries SET useless_at = now() - interval '1 s' WHERE id = :id"
            await session.execute(text(late), {"id": (await delivery_of(worker, account)).id})
        await send_due(worker)
        ended = await delivery_of(worker, account)
        assert (ended.status, ended.last_error) == (DeliveryStatus.EXPIRED, "too late")
        assert ended.done_at is not None
        assert await caught(worker, phone) == []

    async def test_it_is_put_back_to_be_sent_by_nobody(self, worker: Runtime) -> None:
        account = await waiting(worker, phone=a_phone())
        ours = (await delivery_of(worker, account)).id
        async with worker.database.unit_of_work() as session:
            late = "UPDATE deliveries SET status = 'failed', done_at = now(), useless_at = now() WHERE id = :id"
            await session.execute(text(late), {"id": ours})
        async with worker.database.unit_of_work() as session:
            assert ours not in await put_back(session, days=1, channel=None)


class TestQuietHours:
    @pytest.mark.parametrize(
        ("now", "opens"), [(NIGHT, EIGHT), (DAY, None), (EIGHT, None), (EIGHT - timedelta(seconds=1), EIGHT)]
    )
    def test_the_night_ends_at_eight(self, now: datetime, opens: datetime | None) -> None:
        assert next_opening(settings(quiet_from=21, quiet_until=8), now) == opens

    def test_the_evening_before_ends_tomorrow(self) -> None:
        evening = datetime(2026, 11, 29, 13, 30, tzinfo=UTC)
        assert next_opening(settings(quiet_from=21, quiet_until=8), evening) == EIGHT
        assert next_opening(settings(quiet_from=8, quiet_until=8), NIGHT) is None

    async def _sent_at(self, worker: Runtime, monkeypatch: pytest.MonkeyPatch, event: Any, account: Any) -> bool:
        monkeypatch.setattr(service, "now_utc", lambda: now_utc())
        monkeypatch.setattr(service, "next_opening", lambda _settings, now, _own: now + timedelta(hours=9))
        await arrive(worker.database, [account])
        await arrive(worker.database, [event])
        await expand_notices(worker)
        await send_due(worker)
        return (await delivery_of(worker, account)).status is DeliveryStatus.SENT

    async def test_a_reminder_waits_and_an_answer_does_not(
        self, worker: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reminded, answered = an_account(phone=a_phone()), an_account(phone=a_phone())
        ends = now_utc().date() + timedelta(days=7)
        reminder = expiring(reminded.account_id, valid_until=ends)
        assert not await self._sent_at(worker, monkeypatch, reminder, reminded)
        assert await self._sent_at(worker, monkeypatch, returned(answered.organisation_id), answered)

    async def test_what_has_no_sense_by_then_goes_at_once(
        self, worker: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account = an_account(phone=a_phone())
        monkeypatch.setattr(
            "services.notifications.notices.service.useless_at", lambda *_: now_utc() + timedelta(hours=1)
        )
        assert await self._sent_at(worker, monkeypatch, expiring(account.account_id), account)


class TestCaps:
    async def test_what_is_more_than_a_day_allows_waits_for_the_next(
        self, worker: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "notification_settings", lambda: settings(sms_per_phone_a_day=2))
        phone = a_phone()
        accounts = [await waiting(worker, phone=phone) for _ in range(3)]
        await send_due(worker)
        assert len(await caught(worker, phone)) == 2
        kept = [each for each in [await delivery_of(worker, account) for account in accounts] if each.done_at is None]
        assert [(each.status, each.attempts) for each in kept] == [(DeliveryStatus.WAITING, 0)]
        assert kept[0].due_at > now_utc()
        fresh = a_phone()
        await waiting(worker, phone=fresh)
        await send_due(worker)
        assert len(await caught(worker, fresh)) == 1

    async def test_an_attempt_that_failed_counts_once(
        self, api: Runtime, worker: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "notification_settings", lambda: settings(sms_per_phone_a_day=1))
        phone = a_phone()
        account = await waiting(worker, phone=phone)
        await send_due(api)
        await time_passes(worker, account)
        await send_due(worker)
        assert len(await caught(worker, phone)) == 1


class TestBudget:
    @pytest.mark.parametrize(("length", "pieces"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (200, 3)])
    def test_pieces_are_an_operators(self, length: int, pieces: int) -> None:
        assert pieces_of("字" * length) == pieces

    async def test_what_is_sent_is_counted_and_warned_of(
        self, worker: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with worker.database.unit_of_work() as session:
            before = await repository.pieces_this_month(session)
        await waiting(worker, phone=a_phone())
        await send_due(worker)
        async with worker.database.unit_of_work() as session:
            used = await repository.pieces_this_month(session)
            assert used == before + 1
            for budget, warned in ((0, False), (used * 5, False), (used, True)):
                changed = settings(sms_pieces_a_month=budget)
                monkeypatch.setattr(invariants, "notification_settings", lambda changed=changed: changed)
                assert bool(await invariants.budget_nearly_used(session)) is warned


class TestTemplates:
    def test_a_kind_without_a_template_is_found(self, worker: Runtime) -> None:
        only = worker.settings.model_copy(update={"sms_providers": (("aliyun", 1),)})
        row = {"code": "SMS_1", "fields": {"name": "person_name", "what": "title"}}
        templates = Templates.model_validate({"notifications": {"registration_returned": {"aliyun": row}}})
        check_templates(templates, Service.NOTIFICATIONS, sms_kinds())
        missing = {
            each.subject for each in invariants.templates_missing(sms_route(only, Service.NOTIFICATIONS, templates))
        }
        assert missing == set(sms_kinds()) - {"registration_returned"}
        assert invariants.templates_missing(sms_route(worker.settings, Service.NOTIFICATIONS)) == []

    def test_a_field_that_the_kind_does_not_have_stops_the_worker(self) -> None:
        wrong = {"notifications": {"registration_returned": {"aliyun": {"code": "x", "fields": {"a": "login_name"}}}}}
        with pytest.raises(TemplatesWrong, match="login_name"):
            check_templates(Templates.model_validate(wrong), Service.NOTIFICATIONS, sms_kinds())
