"""Two providers: when one fails the other carries, and nobody is sent a message twice that a provider has, whatever it did or did not
say."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from services.notifications.deliveries import repository, sending
from services.notifications.deliveries.resending_service import put_back
from services.notifications.deliveries.tasks import send_due
from services.notifications.deliveries.workflow import DeliveryStatus
from shared.clock import now_utc
from shared.runtime import Runtime
from shared.tasks import texting
from tests.services.notifications.arrivals import a_phone
from tests.services.notifications.carriers import all_well, carriers
from tests.services.notifications.outbox import delivery_of, time_passes, waiting
from tests.shared.sms.servers import Answer, Call, aliyun_error, aliyun_ok, tencent_error, tencent_status

pytestmark = pytest.mark.req("BEY-12", "PLAT-11")


@pytest.fixture
async def phone_line(worker: Runtime) -> AsyncIterator[Runtime]:
    """The worker with a client that reaches loopback, and providers that are all well."""
    await all_well(worker)
    async with httpx.AsyncClient(trust_env=False) as client:
        yield replace(worker, http=client)
    await all_well(worker)


def silent(_call: Call) -> None:
    """It has taken the message, and the line breaks before it has said so."""


def asked_about(status: int | None) -> Answer:
    rows = [] if status is None else [{"OutId": "", "SendStatus": status, "ErrCode": "DELIVERED"}]
    return 200, {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}


class Forgetful:
    """Aliyun that says nothing to a message, and ``status`` when asked about it; None is that it has none."""

    def __init__(self, status: int | None) -> None:
        self.status = status

    def __call__(self, call: Call) -> Answer | None:
        if call.action == "SendSms":
            self.ours = call.asked["OutId"]
            return None
        code, body = asked_about(self.status)
        for row in body["SmsSendDetailDTOs"]["SmsSendDetailDTO"]:
            row["OutId"] = self.ours
        return code, body


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    def then() -> datetime:
        return now_utc() + by

    monkeypatch.setattr(texting, "now_utc", then)


class TestFailover:
    @pytest.mark.parametrize(
        "says", [aliyun_error("isv.BUSINESS_LIMIT_CONTROL"), aliyun_error("isv.OUT_OF_SERVICE"), lambda _: (403, b"")]
    )
    async def test_the_second_carries_what_the_first_does_not(
        self, phone_line: Runtime, tmp_path: Path, says: object
    ) -> None:
        account = await waiting(phone_line, phone=a_phone())
        with carriers(phone_line, tmp_path, aliyun=says) as both:  # type: ignore[arg-type]
            await send_due(both.worker)
            await send_due(both.worker)
            assert both.taken() == (1, 1)
        sent = await delivery_of(phone_line, account)
        assert (sent.status, sent.provider, sent.attempts) == (DeliveryStatus.SENT, "tencent", 2)

    async def test_a_refused_number_goes_to_nobody_else(self, phone_line: Runtime, tmp_path: Path) -> None:
        account = await waiting(phone_line, phone=a_phone())
        with carriers(phone_line, tmp_path, aliyun=aliyun_error("isv.MOBILE_NUMBER_ILLEGAL")) as both:
            await send_due(both.worker)
            await send_due(both.worker)
            assert both.taken() == (1, 0)
        failed = await delivery_of(phone_line, account)
        assert (failed.status, failed.last_error) == (DeliveryStatus.FAILED, "isv.MOBILE_NUMBER_ILLEGAL")

    async def test_who_fails_again_and_again_rests_for_every_worker(self, phone_line: Runtime, tmp_path: Path) -> None:
        with carriers(phone_line, tmp_path, aliyun=lambda _: (403, b"")) as both:
            for _ in range(texting.FAILURES_BEFORE_REST):
                await waiting(phone_line, phone=a_phone())
                await send_due(both.worker)
            before = both.taken()[0]
            await waiting(phone_line, phone=a_phone())
            await send_due(both.worker)
            assert both.taken()[0] == before
            both.aliyun.answer = aliyun_ok
            async with phone_line.database.unit_of_work() as session:
                await session.execute(text("UPDATE provider_circuits SET rests_until = now()"))
            await waiting(phone_line, phone=a_phone())
            await send_due(both.worker)
            assert both.taken()[0] == before + 1
        async with phone_line.database.unit_of_work() as session:
            assert await session.scalar(text("SELECT failures FROM provider_circuits WHERE provider = 'aliyun'")) == 0

    async def test_what_was_not_yet_handed_over_does_not_wait_for_one_that_is_down(
        self, phone_line: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "SMS_AT_ONCE", 1)
        accounts = [await waiting(phone_line, phone=a_phone()) for _ in range(3)]
        with carriers(phone_line, tmp_path, aliyun=lambda _: (403, b"")) as both:
            await send_due(both.worker)
            assert both.taken() == (1, 0)
            await all_well(phone_line)
            both.aliyun.answer = aliyun_ok
            await send_due(both.worker)
            assert both.taken() == (3, 1)
        assert {(await delivery_of(phone_line, each)).status for each in accounts} == {DeliveryStatus.SENT}

    async def test_both_down_is_waited_for(self, phone_line: Runtime, tmp_path: Path) -> None:
        account = await waiting(phone_line, phone=a_phone())
        with carriers(phone_line, tmp_path, aliyun=lambda _: (403, b""), tencent=tencent_error("AuthFailure")) as both:
            for _ in range(4):
                await send_due(both.worker)
            assert both.taken() == (1, 1)
        kept = await delivery_of(phone_line, account)
        assert (kept.status, kept.provider, kept.last_error) == (DeliveryStatus.WAITING, None, "AuthFailure")


class TestNoAnswer:
    @pytest.mark.parametrize(
        ("status", "ends"), [(1, DeliveryStatus.SENT), (3, DeliveryStatus.SENT), (2, DeliveryStatus.FAILED)]
    )
    async def test_it_is_asked_about_and_never_sent_twice(
        self, phone_line: Runtime, tmp_path: Path, status: int, ends: DeliveryStatus
    ) -> None:
        account = await waiting(phone_line, phone=a_phone())
        with carriers(phone_line, tmp_path, aliyun=Forgetful(status)) as both:
            await send_due(both.worker)
            kept = await delivery_of(phone_line, account)
            assert (kept.status, kept.provider) == (DeliveryStatus.WAITING, "aliyun")
            await time_passes(phone_line, account)
            await send_due(both.worker)
            assert both.aliyun.actions() == ["SendSms", "QuerySendDetails"]
            assert both.taken() == (1, 0)
        assert (await delivery_of(phone_line, account)).status is ends

    async def test_it_goes_again_only_when_it_surely_never_arrived(
        self, phone_line: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account = await waiting(phone_line, phone=a_phone())
        with carriers(phone_line, tmp_path, aliyun=Forgetful(None)) as both:
            await send_due(both.worker)
            await time_passes(phone_line, account)
            await send_due(both.worker)
            assert both.taken() == (1, 0)
            assert (await delivery_of(phone_line, account)).last_error == "asked, not known there yet"
            await time_passes(phone_line, account)
            later(monkeypatch, texting.SURE_AFTER)
            await send_due(both.worker)
            await send_due(both.worker)
            assert both.taken() == (1, 1)
        assert (await delivery_of(phone_line, account)).provider == "tencent"

    async def test_who_cannot_tell_leaves_it_to_a_person(
        self, phone_line: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account = await waiting(phone_line, phone=a_phone())
        with carriers(phone_line, tmp_path, only="tencent", tencent=silent) as both:
            await send_due(both.worker)
            both.tencent.answer = lambda _: (200, {"Response": {"PullSmsSendStatusSet": [], "RequestId": "r"}})
            await time_passes(phone_line, account)
            later(monkeypatch, texting.SURE_AFTER)
            for _ in range(3):
                await send_due(both.worker)
            assert both.taken() == (0, 1)
        lost = await delivery_of(phone_line, account)
        assert lost.status is DeliveryStatus.UNCLEAR
        assert lost.last_error == "tencent gave no answer and does not name the message"

    async def test_a_person_may_send_it_again_and_the_whole_day_does_not(
        self, phone_line: Runtime, tmp_path: Path
    ) -> None:
        account = await waiting(phone_line, phone=a_phone())
        ours = (await delivery_of(phone_line, account)).id
        lost = "UPDATE deliveries SET status = 'unclear', done_at = now(), provider = 'aliyun', handed_at = now() WHERE id = :id"
        async with phone_line.database.unit_of_work() as session:
            await session.execute(text(lost), {"id": ours})
        with pytest.raises(LookupError):  # taken back: it is about all that others have left
            async with phone_line.database.unit_of_work() as session:
                assert ours not in await put_back(session, days=1, channel=None)
                raise LookupError
        async with phone_line.database.unit_of_work() as session:
            assert await repository.send_one_again(session, ours)
            assert not await repository.send_one_again(session, ours)
        with carriers(phone_line, tmp_path) as both:
            await send_due(both.worker)
            assert both.taken() == (0, 1)  # whoever lost it is asked last
        assert (await delivery_of(phone_line, account)).status is DeliveryStatus.SENT

    async def test_asking_that_is_not_allowed_leaves_it_to_a_person(self, phone_line: Runtime, tmp_path: Path) -> None:
        account = await waiting(phone_line, phone=a_phone())
        with carriers(phone_line, tmp_path, only="tencent", tencent=silent) as both:
            await send_due(both.worker)
            both.tencent.answer = tencent_error("UnsupportedOperation")
            await time_passes(phone_line, account)
            await send_due(both.worker)
        assert (await delivery_of(phone_line, account)).status is DeliveryStatus.UNCLEAR

    async def test_a_worker_killed_after_the_answer_asks_before_anything_else(
        self, phone_line: Runtime, tmp_path: Path
    ) -> None:
        account = await waiting(phone_line, phone=a_phone())
        with carriers(phone_line, tmp_path, aliyun=Forgetful(1)) as both:
            both.aliyun.answer.ours = str((await delivery_of(phone_line, account)).id)  # type: ignore[attr-defined]
            killed = "UPDATE deliveries SET status = 'claimed', attempts = 1, provider = 'aliyun', handed_at = now() WHERE id = :id"
            async with phone_line.database.unit_of_work() as session:
                await session.execute(text(killed), {"id": (await delivery_of(phone_line, account)).id})
            await send_due(both.worker)
            assert both.aliyun.actions() == ["QuerySendDetails"]
        assert (await delivery_of(phone_line, account)).status is DeliveryStatus.SENT

    async def test_a_provider_that_is_no_longer_set_leaves_it_to_a_person(
        self, phone_line: Runtime, tmp_path: Path
    ) -> None:
        account = await waiting(phone_line, phone=a_phone())
        with carriers(phone_line, tmp_path, aliyun=silent) as both:
            await send_due(both.worker)
        await time_passes(phone_line, account)
        with carriers(phone_line, tmp_path, only="tencent", tencent=tencent_status("Ok")) as one:
            await send_due(one.worker)
            assert one.taken() == (0, 0)
        assert (await delivery_of(phone_line, account)).status is DeliveryStatus.UNCLEAR
