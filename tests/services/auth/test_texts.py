"""Text messages of auth go out once, whatever dies or is down, and leave nothing behind."""

import asyncio
import logging
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from services.auth.access.texts import repository, service, tasks
from services.auth.access.texts.tasks import send_texts
from shared.clock import now_utc
from shared.runtime import Runtime
from shared.sms import Route, plain_sms
from shared.tasks.texting import Ending, Result
from tests.services.auth.provider import answers, provider, row_of, text_to, time_passes
from tests.services.auth.records import new_mobile

SOON = timedelta(minutes=5)
ROUTE = Route([plain_sms("http://provider.example/sms", "")], [1])


def connection_refused(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there")


@pytest.mark.req("AUTH-11")
class TestSend:
    async def test_it_arrives_once_and_signed(self, runtime: Runtime) -> None:
        phone = new_mobile()
        text_id = await text_to(runtime, phone)
        async with provider(runtime) as (worker, given):
            await send_texts(worker)
            await send_texts(worker)
        assert given == [{"id": str(text_id), "phone": phone, "text": "【职业健康信息平台】您的申请已受理。"}]
        sent = await row_of(runtime, text_id)
        assert (sent.failed, sent.last_error, sent.reference) == (False, None, f"r-{text_id}")
        assert sent.done_at is not None

    async def test_two_workers_send_it_once(self, runtime: Runtime) -> None:
        await text_to(runtime, new_mobile())
        async with provider(runtime) as (worker, given):
            await asyncio.gather(*(send_texts(worker) for _ in range(4)))
        assert len(given) == 1

    @pytest.mark.req("PLAT-11")
    async def test_what_was_never_committed_is_not_sent(self, runtime: Runtime) -> None:
        await text_to(runtime, new_mobile())
        async with provider(runtime) as (worker, given):
            await send_texts(worker)
            with pytest.raises(LookupError):
                async with runtime.database.unit_of_work() as session:
                    service.send_text(session, about="test", phone=new_mobile(), words="x")
                    await session.flush()
                    raise LookupError
            await send_texts(worker)
        assert len(given) == 1

    async def test_what_has_become_useless_is_not_sent(self, runtime: Runtime) -> None:
        text_id = await text_to(runtime, new_mobile(), useless_at=now_utc() - timedelta(seconds=1))
        async with provider(runtime) as (worker, given):
            await send_texts(worker)
        late = await row_of(runtime, text_id)
        assert given == []
        assert (late.failed, late.last_error, late.words, late.phone) == (True, "too late", None, None)

    async def test_the_useless_do_not_stand_in_the_way(self, runtime: Runtime) -> None:
        """After an outage somebody who has just asked does not wait behind hundreds whose codes have expired."""
        newest = await text_to(runtime, new_mobile())
        async with runtime.database.unit_of_work() as session:
            for _ in range(repository.BATCH + 1):
                old = now_utc() - SOON
                service.send_text(session, about="test", phone=new_mobile(), words="x", useless_at=old)
            await session.flush()
            overdue = "UPDATE texts SET due_at = now() - interval '1 h' WHERE useless_at < now() AND done_at IS NULL"
            await session.execute(text(overdue))
        async with provider(runtime) as (worker, given):
            await send_texts(worker)
        assert [each["id"] for each in given] == [str(newest)]

    async def test_what_was_withdrawn_is_not_sent(self, runtime: Runtime) -> None:
        text_id = await text_to(runtime, new_mobile())
        async with runtime.database.unit_of_work() as session:
            await service.withdraw_texts(session, [text_id])
        async with provider(runtime) as (worker, given):
            await send_texts(worker)
        row = await row_of(runtime, text_id)
        assert (given, row.words, row.phone, row.last_error) == ([], None, None, "withdrawn")


@pytest.mark.req("PLAT-11", "AUTH-11")
class TestProviderAway:
    async def test_down_then_up(self, runtime: Runtime) -> None:
        text_id = await text_to(runtime, new_mobile(), useless_at=now_utc() + SOON)
        async with provider(runtime, connection_refused) as (worker, _):
            await send_texts(worker)
        kept = await row_of(runtime, text_id)
        assert (kept.attempts, kept.last_error, kept.done_at) == (1, "ConnectError", None)
        assert now_utc() - timedelta(seconds=5) < kept.due_at < now_utc() + timedelta(seconds=5)
        await time_passes(runtime, text_id)
        async with provider(runtime) as (worker, given):
            await send_texts(worker)
        assert [each["id"] for each in given] == [str(text_id)]
        assert (await row_of(runtime, text_id)).failed is False

    async def test_it_is_given_up_after_six_attempts(self, runtime: Runtime, caplog: pytest.LogCaptureFixture) -> None:
        text_id = await text_to(runtime, new_mobile())
        async with provider(runtime, answers(503)) as (worker, given):
            for attempt in range(1, 8):
                assert ((await row_of(runtime, text_id)).done_at is not None) == (attempt > repository.LASTING.most)
                await send_texts(worker)
                await time_passes(runtime, text_id)
        failed = await row_of(runtime, text_id)
        assert len(given) == failed.attempts == repository.LASTING.most == 6
        assert (failed.failed, failed.last_error, failed.words, failed.phone) == (True, "HTTP 503", None, None)
        assert "text_failed" in caplog.text

    async def test_what_lasts_outlives_an_afternoon_without_a_provider(self, runtime: Runtime) -> None:
        text_id = await text_to(runtime, new_mobile())
        waited = timedelta()
        async with provider(runtime, answers(500)) as (worker, _):
            for _ in range(repository.LASTING.most - 1):
                await send_texts(worker)
                waited += (await row_of(runtime, text_id)).due_at - now_utc()
                await time_passes(runtime, text_id)
        assert timedelta(hours=2) < waited < timedelta(hours=8)

    @pytest.mark.parametrize("status", [400, 422])
    async def test_what_the_provider_refuses_is_not_tried_again(self, runtime: Runtime, status: int) -> None:
        text_id = await text_to(runtime, new_mobile())
        async with provider(runtime, answers(status)) as (worker, given):
            for _ in range(2):
                await send_texts(worker)
                await time_passes(runtime, text_id)
        failed = await row_of(runtime, text_id)
        assert (len(given), failed.attempts, failed.failed) == (1, 1, True)
        assert (failed.last_error, failed.words, failed.phone) == (f"HTTP {status}", None, None)


@pytest.mark.req("PLAT-11")
class TestKilled:
    async def test_a_killed_send_goes_again_with_the_same_id(self, runtime: Runtime) -> None:
        text_id = await text_to(runtime, new_mobile())

        def dies(_request: httpx.Request) -> httpx.Response:
            raise asyncio.CancelledError

        async with provider(runtime, dies) as (worker, given):
            with pytest.raises(asyncio.CancelledError):
                await send_texts(worker)
        async with provider(runtime) as (worker, again):
            await send_texts(worker)
            assert again == []  # the lease still holds
            await time_passes(runtime, text_id)
            await send_texts(worker)
        assert given == again
        assert (await row_of(runtime, text_id)).attempts == 2

    async def test_a_worker_that_comes_back_late_changes_nothing(self, runtime: Runtime) -> None:
        text_id = await text_to(runtime, new_mobile())
        async with runtime.database.unit_of_work() as session:
            (slow,) = await service.claim_batch(session, ROUTE)
        await time_passes(runtime, text_id)
        async with runtime.database.unit_of_work() as session:
            (mine,) = await service.claim_batch(session, ROUTE)
        async with runtime.database.unit_of_work() as session:
            await service.settle(session, ROUTE, slow.row, Ending(Result.REFUSED, "http", error="late"))
        held = await row_of(runtime, text_id)
        assert (held.done_at, held.failed, held.words is None) == (None, False, False)
        async with runtime.database.unit_of_work() as session:
            await service.settle(session, ROUTE, mine.row, Ending(Result.SENT, "http", reference="r"))
        ended = await row_of(runtime, text_id)
        assert (ended.reference, ended.failed, ended.done_at is None) == ("r", False, False)

    async def test_one_at_its_last_attempt_is_left_to_its_worker(self, runtime: Runtime) -> None:
        text_id = await text_to(runtime, new_mobile())
        async with runtime.database.unit_of_work() as session:
            await session.execute(text("UPDATE texts SET attempts = 5 WHERE id = :id"), {"id": text_id})
        async with runtime.database.unit_of_work() as session:
            (mine,) = await service.claim_batch(session, ROUTE)
        async with runtime.database.unit_of_work() as session:
            assert await service.claim_batch(session, ROUTE) == []
        async with runtime.database.unit_of_work() as session:
            await service.settle(session, ROUTE, mine.row, Ending(Result.SENT, "http", reference="r"))
        assert (await row_of(runtime, text_id)).reference == "r"

    async def test_one_lost_at_its_last_attempt_is_ended(self, runtime: Runtime) -> None:
        text_id = await text_to(runtime, new_mobile())
        async with runtime.database.unit_of_work() as session:
            worn = "UPDATE texts SET attempts = 6, leased_until = now() - interval '1 s' WHERE id = :id"
            await session.execute(text(worn), {"id": text_id})
        async with provider(runtime) as (worker, given):
            await send_texts(worker)
        lost = await row_of(runtime, text_id)
        assert (given, lost.failed, lost.last_error) == ([], True, "the worker was lost while sending")
        assert (lost.words, lost.phone) == (None, None)


@pytest.mark.req("PLAT-05")
class TestNothingLeaks:
    @pytest.mark.parametrize("status", [200, 422, 503])
    async def test_neither_logs_nor_rows_show_number_or_words(
        self, runtime: Runtime, caplog: pytest.LogCaptureFixture, status: int
    ) -> None:
        phone, words = new_mobile(), "密语938471"
        with caplog.at_level(logging.DEBUG):
            text_id = await text_to(runtime, phone, words)
            await self._found_nowhere(runtime, phone, words)
            async with provider(runtime, answers(status)) as (worker, given):
                for _ in range(repository.LASTING.most):
                    await send_texts(worker)
                    await time_passes(runtime, text_id)
        assert given[0]["phone"] == phone
        logged = "".join(f"{record.msg}{record.args}{record.getMessage()}" for record in caplog.records)
        assert phone not in logged
        assert words not in logged
        row = await row_of(runtime, text_id)
        assert (row.phone, row.words) == (None, None)
        await self._found_nowhere(runtime, phone, words)

    async def _found_nowhere(self, runtime: Runtime, *secrets: str) -> None:
        async with runtime.database.unit_of_work() as session:
            for secret in secrets:
                found = text("SELECT count(*) FROM texts t WHERE strpos(t::text, :secret) > 0")
                assert await session.scalar(found, {"secret": secret}) == 0

    async def test_old_rows_are_let_go(self, runtime: Runtime) -> None:
        old, recent, waiting = [await text_to(runtime, new_mobile()) for _ in range(3)]
        async with runtime.database.unit_of_work() as session:
            done = text("UPDATE texts SET done_at = now() - make_interval(days => :days) WHERE id = :id")
            await session.execute(done, {"days": 32, "id": old})
            await session.execute(done, {"days": 30, "id": recent})
        await tasks.sweep(runtime)
        async with runtime.database.unit_of_work() as session:
            left = set(await session.scalars(text("SELECT id FROM texts")))
        assert left & {old, recent, waiting} == {recent, waiting}
