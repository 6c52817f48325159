"""An event becomes everybody's message, once, whatever is interrupted when."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from services.notifications.consumers import HANDLERS
from services.notifications.deliveries.models import Delivery
from services.notifications.kinds import MessageKind
from services.notifications.messages.models import Message
from services.notifications.notices import service, tasks
from services.notifications.notices.models import Notice
from services.notifications.notices.texts import TEXTS
from shared.db.session import Database
from shared.events import certificates, training, training_selection
from shared.events.alarms import ALARMS
from shared.events.base import Event
from shared.events.notifications import BroadcastSubmitted, HookStopped
from shared.events.subscriptions import SUBSCRIPTIONS
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.services import Service
from tests.services.notifications.arrivals import (
    PERSON,
    PLAN,
    a_case,
    a_phone,
    an_account,
    an_application,
    arrive,
    expiring,
    returned,
)
from tests.services.notifications.declaration_news import (
    desk_news,
    due_news,
    employer_news,
    group_news,
    superior_news,
)
from tests.services.notifications.training_news import expiring_certificates, registration_news, selection_news

ALARMED = datetime(2026, 5, 2, tzinfo=UTC)


def published(**changes: Any) -> training.PlanPublished:
    values = {**PLAN, "plan_type": "diagnosis", "registration_deadline": date(2026, 5, 1)}
    contact = {"contact_name": "张老师", "contact_phone": "13805175555"}
    return training.PlanPublished(**{**values, **contact, **changes})


def every_event(unit: UUID, account_id: UUID) -> list[Event]:
    issued = {
        "certificate_id": new_id(),
        "number": "苏职诊2026001",
        "class_session_id": new_id(),
        "plan_type": "diagnosis",
    }
    return [
        expiring_certificates(unit, 30, "王医生"),
        published(),
        training.RegistrationApproved(**PLAN, **PERSON, unit_id=unit),
        returned(unit),
        training_selection.SelectionOpened(**PLAN, unit_ids=(unit,), first_deadline=date(2026, 6, 1)),
        certificates.CertificateIssued(
            **issued,
            **PERSON,
            unit_id=unit,
            plan_name=PLAN["plan_name"],
            specialties=(),
            issued_on=date(2026, 7, 1),
            valid_until=None,
        ),
        certificates.CertificateRevoked(
            certificate_id=new_id(),
            number="苏职诊2026001",
            registration_id=new_id(),
            person_id=new_id(),
            unit_id=unit,
            reason="成绩更正",
        ),
        *employer_news(unit),
        *desk_news(Level.CITY),
        *superior_news(unit),
        *due_news(unit),
        *group_news(unit, unit, level=Level.CITY),
        expiring(account_id),
        BroadcastSubmitted(
            broadcast_id=new_id(), account_ids=(account_id,), subject="请核对", person_name="李联系", count=501
        ),
        HookStopped(hook_id=new_id(), account_id=account_id, name="体检系统", reason="对方答复 500"),
        an_application(),
        a_case(),
        *registration_news(unit),
        *selection_news(unit),
        *(alarm(check="parked_event", label="搁置的消息", count=2, since=ALARMED) for alarm in ALARMS.values()),
    ]


async def messages_of(database: Database, account_id: UUID) -> list[Message]:
    async with database.unit_of_work() as session:
        found = await session.scalars(select(Message).where(Message.account_id == account_id).order_by(Message.id))
        return list(found.all())


class TestTexts:
    def test_every_followed_event_has_a_handler(self) -> None:
        assert set(HANDLERS) == {event for event, readers in SUBSCRIPTIONS.items() if Service.NOTIFICATIONS in readers}

    @pytest.mark.req("NOTE-01", "NOTE-02", "NOTE-03")
    async def test_every_event_is_told_in_full(self, worker: Runtime) -> None:
        unit = new_id()
        every = frozenset(Permission)
        account = an_account(organisation_id=unit, permissions=every, level=Level.CITY, region_code="320100")
        manager = an_account(permissions=every, level=Level.PROVINCE, region_code="320000")
        events = [*every_event(unit, account.account_id), expiring(new_id())]
        assert {type(event) for event in events} == set(TEXTS)
        await arrive(worker.database, [account, manager])
        for event in events:
            await arrive(worker.database, [event])
        await tasks.expand_notices(worker)
        to_manager = await messages_of(worker.database, manager.account_id)
        alarmed = [message for message in to_manager if message.kind is MessageKind.PLATFORM_ALARM]
        found = [*await messages_of(worker.database, account.account_id), *alarmed]
        assert {message.kind for message in found} == {row.kind for rows in TEXTS.values() for row in rows}
        for message in found:
            assert "{" not in message.title + message.body + message.link
        reasons = {message.kind.value: message.body for message in found}
        assert "学历证书不清晰" in reasons["registration_returned"]
        assert "2026-05-01" in reasons["plan_published"]
        assert "2 处“搁置的消息”，最早从 2026-05-02 08:00 开始" in reasons["platform_alarm"]
        assert len(alarmed) == len(ALARMS), "the province is told of each service once, and nobody else is"

    @pytest.mark.req("PLAT-05")
    async def test_no_phone_stands_in_a_message(self, worker: Runtime) -> None:
        account = an_account(phone=a_phone())
        await arrive(worker.database, [account])
        await arrive(worker.database, [published()])
        await tasks.expand_notices(worker)
        (message,) = await messages_of(worker.database, account.account_id)
        async with worker.database.unit_of_work() as session:
            rows = await session.execute(
                text("SELECT row_to_json(m)::text || row_to_json(n)::text || row_to_json(d)::text FROM messages m"
                     " JOIN notices n ON n.id = m.notice_id JOIN deliveries d ON d.message_id = m.id WHERE m.id = :id"),
                {"id": message.id},
            )  # fmt: skip
            (stored,) = rows.scalars()
            address = await session.scalar(select(Delivery.address).where(Delivery.message_id == message.id))
        phone = address or ""
        assert len(phone) == 11
        assert phone not in stored
        assert "13805175555" not in stored


@pytest.mark.req("FAQ-M7", "FAQ-M8", "STAFF-06", "BEY-02")
class TestWhoIsTold:
    async def told(self, worker: Runtime, event: Event, **account: Any) -> bool:
        holder = an_account(**account)
        await arrive(worker.database, [holder])
        await arrive(worker.database, [event])
        await tasks.expand_notices(worker)
        return bool(await messages_of(worker.database, holder.account_id))

    async def test_deadlines_and_offers_reach_the_unit_and_no_other(self, worker: Runtime) -> None:
        unit = new_id()
        wanted = {training.RegistrationClosing, training_selection.SelectionClosing, training_selection.SeatOffered}
        for event in (each for each in registration_news(unit) + selection_news(unit) if type(each) in wanted):
            assert await self.told(worker, event, organisation_id=unit)
            assert not await self.told(worker, event, organisation_id=new_id())

    async def test_requests_reach_the_reviewers_and_no_unit(self, worker: Runtime) -> None:
        unit = new_id()
        wanted = {training.ReturnRequested, training.LateEntryRequested}
        reviewer = {"permissions": frozenset({Permission.PROVINCE_REVIEW}), "level": Level.PROVINCE}
        for event in (each for each in registration_news(unit) if type(each) in wanted):
            assert await self.told(worker, event, **reviewer, region_code="320000")
            assert not await self.told(worker, event, organisation_id=unit)


@pytest.mark.req("NOTE-03", "PLAT-11")
class TestUnitNotices:
    async def test_the_same_event_again_tells_nobody_again(self, worker: Runtime) -> None:
        account = an_account()
        await arrive(worker.database, [account])
        event, source = returned(account.organisation_id), new_id()
        for _ in range(2):
            await arrive(worker.database, [event], ids=[source])
            await tasks.expand_notices(worker)
        assert len(await messages_of(worker.database, account.account_id)) == 1

    async def test_a_second_return_is_told_too(self, worker: Runtime) -> None:
        account = an_account()
        await arrive(worker.database, [account])
        await arrive(worker.database, [returned(account.organisation_id), returned(account.organisation_id)])
        await tasks.expand_notices(worker)
        assert len(await messages_of(worker.database, account.account_id)) == 2

    async def test_one_unreadable_address_holds_up_nobody(self, worker: Runtime) -> None:
        unit = new_id()
        damaged, sound = an_account(organisation_id=unit, phone=a_phone()), an_account(organisation_id=unit)
        await arrive(worker.database, [damaged, sound])
        async with worker.database.unit_of_work() as session:
            await session.execute(
                text("UPDATE accounts SET phone_sealed = overlay(phone_sealed placing 'AAAA' from 60) WHERE id = :id"),
                {"id": damaged.account_id},
            )
        await arrive(worker.database, [returned(unit)])
        await tasks.expand_notices(worker)
        assert len(await messages_of(worker.database, damaged.account_id)) == 1
        assert len(await messages_of(worker.database, sound.account_id)) == 1


@pytest.mark.req("NOTE-01", "PLAT-11")
class TestMassNotices:
    async def test_an_interrupted_notice_goes_on_without_doubles(self, worker: Runtime) -> None:
        accounts = [an_account() for _ in range(1000)]
        await arrive(worker.database, accounts)
        await tasks.expand_notices(worker)
        source = new_id()
        await arrive(worker.database, [published()], ids=[source])
        async with worker.database.unit_of_work() as session:
            notice = await service.claim_notice(session)
        assert notice is not None
        async with worker.database.unit_of_work() as session:
            first = await service.expand_batch(session, notice, None)
        with pytest.raises(KeyboardInterrupt):  # the worker dies within its second batch
            async with worker.database.unit_of_work() as session:
                await service.expand_batch(session, notice, first)
                raise KeyboardInterrupt
        mine = [account.account_id for account in accounts]
        told = select(func.count()).where(Message.source_event_id == source, Message.account_id.in_(mine))
        async with worker.database.unit_of_work() as session:
            assert (await session.scalar(told) or 0) < 1000
            lapsed = text("UPDATE notices SET leased_until = now() - interval '1 second' WHERE id = :id")
            await session.execute(lapsed, {"id": notice.id})
        await tasks.expand_notices(worker)
        async with worker.database.unit_of_work() as session:
            assert await session.scalar(told) == 1000
            assert (await session.get_one(Notice, notice.id)).done_at is not None

    async def test_a_worker_that_lost_its_lease_adds_nothing(self, worker: Runtime) -> None:
        account, source = an_account(), new_id()
        await arrive(worker.database, [account])
        await tasks.expand_notices(worker)
        await arrive(worker.database, [returned(account.organisation_id)], ids=[source])
        async with worker.database.unit_of_work() as session:
            slow = await service.claim_notice(session)
            assert slow is not None
            await session.execute(text("UPDATE notices SET attempts = attempts + 1 WHERE id = :id"), {"id": slow.id})
        with pytest.raises(service.LeaseLost):
            async with worker.database.unit_of_work() as session:
                await service.expand_batch(session, slow, None)
        assert await messages_of(worker.database, account.account_id) == []
