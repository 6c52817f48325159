"""What auth has to say reaches those whom it concerns, on the ways that they chose (AUTH-05, AUTH-07, BEY-03)."""

from typing import Any

import pytest
from sqlalchemy import select

from services.notifications.deliveries.models import Delivery
from services.notifications.kinds import Channel, MessageKind
from services.notifications.messages.models import Message
from services.notifications.notices import tasks
from shared.events.auth import AccountChanged
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.services.notifications.arrivals import (
    a_case,
    a_phone,
    an_account,
    an_application,
    arrive,
    expiring,
    returned,
)


def a_manager(region_code: str = "320100", level: Level = Level.CITY, **changes: Any) -> AccountChanged:
    permission = changes.pop("permission", Permission.ACCOUNT_MANAGEMENT)
    return an_account(level=level, region_code=region_code, permissions=frozenset({permission}), **changes)


async def told(worker: Runtime, account: AccountChanged) -> list[Message]:
    """The account's messages, after everything has been handed out."""
    await tasks.expand_notices(worker)
    async with worker.database.unit_of_work() as session:
        found = await session.scalars(
            select(Message).where(Message.account_id == account.account_id).order_by(Message.id)
        )
        return list(found)


async def channels_of(worker: Runtime, account: AccountChanged) -> set[Channel]:
    await tasks.expand_notices(worker)
    async with worker.database.unit_of_work() as session:
        found = await session.scalars(
            select(Delivery.channel)
            .join(Message, Message.id == Delivery.message_id)
            .where(Message.account_id == account.account_id)
        )
        return set(found)


@pytest.mark.req("AUTH-05")
class TestAnAccountThatExpires:
    async def test_its_holder_is_told_until_when_and_who_extends_it(self, worker: Runtime) -> None:
        holder, colleague_unit = an_account(), new_id()
        colleague = an_account(organisation_id=colleague_unit)
        await arrive(worker.database, [holder, colleague])
        await arrive(worker.database, [expiring(holder.account_id, organisation_id=colleague_unit)])
        (message,) = await told(worker, holder)
        assert (message.kind, message.link) == (MessageKind.ACCOUNT_EXPIRING, "/settings")
        assert "2026-12-31" in message.title
        assert "7 天" in message.body
        assert "南京市疾控中心账号管理人员" in message.body
        assert await told(worker, colleague) == []

    @pytest.mark.req("BEY-03")
    async def test_it_goes_out_whatever_the_holder_wished_for_other_notices(self, worker: Runtime) -> None:
        wishes = {"sms_notices": False, "email_notices": False}
        holder = an_account(phone=a_phone(), email="li@example.org", **wishes)
        await arrive(worker.database, [holder])
        await arrive(worker.database, [expiring(holder.account_id)])
        assert await channels_of(worker, holder) == {Channel.SMS, Channel.EMAIL}

    async def test_the_account_managers_of_its_city_are_told_in_their_inbox(self, worker: Runtime) -> None:
        city, elsewhere = a_manager(phone=a_phone()), a_manager("320200")
        await arrive(worker.database, [city, elsewhere])
        await arrive(worker.database, [expiring(new_id(), person_name="赵到期")])
        found = [message for message in await told(worker, city) if "赵到期" in message.title]
        assert [message.kind for message in found] == [MessageKind.ACCOUNT_TO_EXTEND]
        assert await channels_of(worker, city) == set()
        assert [message for message in await told(worker, elsewhere) if "赵到期" in message.title] == []

    async def test_a_manager_whose_own_account_expires_hears_of_it_once_as_its_holder(self, worker: Runtime) -> None:
        manager = a_manager("320300")
        await arrive(worker.database, [manager])
        await arrive(worker.database, [expiring(manager.account_id, region_code="320300")])
        assert [message.kind for message in await told(worker, manager)] == [MessageKind.ACCOUNT_EXPIRING]

    async def test_an_account_that_is_closed_is_told_nothing(self, worker: Runtime) -> None:
        closed = an_account(active=False, phone=a_phone())
        await arrive(worker.database, [closed])
        await arrive(worker.database, [expiring(closed.account_id)])
        assert await told(worker, closed) == []


@pytest.mark.req("AUTH-07")
class TestAnApplication:
    async def test_the_account_managers_of_the_city_are_told_and_nobody_else(self, worker: Runtime) -> None:
        manager = a_manager("320400", phone=a_phone())
        others = [
            a_manager("320500"),
            a_manager("320402", Level.COUNTY),
            a_manager("320000", Level.PROVINCE),
            a_manager("320400", permission=Permission.DECLARATION_REVIEW),
            a_manager("320400", active=False),
        ]
        await arrive(worker.database, [manager, *others])
        event = an_application(region_code="320402", number="ZH-77")
        await arrive(worker.database, [event])
        (message,) = await told(worker, manager)
        assert message.kind.label == "账号申请待办"
        assert "ZH-77" in message.body
        assert message.link == f"/applications/{event.application_id}"
        assert await channels_of(worker, manager) == {Channel.SMS}
        assert [await told(worker, other) for other in others] == [[]] * len(others)


class TestACase:
    async def test_it_reaches_the_desk_whose_decision_it_is(self, worker: Runtime) -> None:
        county = a_manager("320602", Level.COUNTY, permission=Permission.DECLARATION_REVIEW)
        city = a_manager("320600", permission=Permission.DECLARATION_REVIEW)
        accounts = a_manager("320602", Level.COUNTY)
        await arrive(worker.database, [county, city, accounts])
        event = a_case(region_code="320602", level=Level.COUNTY)
        await arrive(worker.database, [event])
        (message,) = await told(worker, county)
        assert message.link == f"/claims/{event.case_id}"
        assert "账号申诉" in message.title
        assert await told(worker, city) == []
        assert await told(worker, accounts) == []


@pytest.mark.req("BEY-03")
class TestWishes:
    @pytest.mark.parametrize(("sms", "email"), [(True, True), (True, False), (False, True), (False, False)])
    async def test_a_notice_goes_only_where_its_reader_wants_it(self, worker: Runtime, sms: bool, email: bool) -> None:
        reader = an_account(phone=a_phone(), email="li@example.org", sms_notices=sms, email_notices=email)
        await arrive(worker.database, [reader])
        await arrive(worker.database, [returned(reader.organisation_id)])
        wanted = {channel for channel, wish in ((Channel.SMS, sms), (Channel.EMAIL, email)) if wish}
        assert await channels_of(worker, reader) == wanted
        assert len(await told(worker, reader)) == 1

    async def test_a_wish_that_changes_counts_from_then_on(self, worker: Runtime) -> None:
        reader = an_account(phone=a_phone())
        await arrive(worker.database, [reader])
        await arrive(worker.database, [reader.model_copy(update={"sms_notices": False})])
        await arrive(worker.database, [returned(reader.organisation_id)])
        assert await channels_of(worker, reader) == set()
