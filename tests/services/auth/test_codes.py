"""SMS codes: what they open, how often they are tried, and that they stand nowhere in clear."""

import asyncio
import logging
import secrets
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from services.auth.access.codes import service, tasks
from services.auth.access.codes.models import Code, Purpose
from services.auth.access.codes.service import WrongCode
from services.auth.access.texts.tasks import send_texts
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.auth.asking import MINUTE, RECOVERY, ask, asked, at_home, later, newest, other, refused, use
from tests.services.auth.provider import provider
from tests.services.auth.records import new_mobile


@pytest.mark.req("AUTH-11", "AUTH-25")
class TestCode:
    async def test_the_right_one_opens_once(self, runtime: Runtime) -> None:
        phone = new_mobile()
        code = await asked(runtime, phone)
        assert await use(runtime, phone, code) == "opened"
        assert await use(runtime, phone, code) == "code_expired"

    async def test_zeros_in_front_belong_to_it(self, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(secrets, "randbelow", lambda most: 42 if most == 10**6 else 0)
        phone = new_mobile()
        assert await asked(runtime, phone) == "000042"
        assert await use(runtime, phone, "42") == "code_wrong"
        assert await use(runtime, phone, " 000042 ") == "opened"

    async def test_it_is_good_for_five_minutes(self, runtime: Runtime) -> None:
        phone, second = new_mobile(), new_mobile()
        code, in_time = await asked(runtime, phone), await asked(runtime, second)
        await later(runtime, phone, timedelta(seconds=301))
        await later(runtime, second, timedelta(seconds=270))
        assert await use(runtime, phone, code) == "code_expired"
        assert await use(runtime, second, in_time) == "opened"

    @pytest.mark.parametrize("purpose", [each for each in Purpose if each is not RECOVERY])
    async def test_it_opens_its_purpose_only(self, runtime: Runtime, purpose: Purpose) -> None:
        phone = new_mobile()
        code = await asked(runtime, phone)
        assert await use(runtime, phone, code, purpose) == "code_expired"
        assert await use(runtime, phone, code) == "opened"

    async def test_it_opens_for_its_number_only(self, runtime: Runtime) -> None:
        phone, stranger = new_mobile(), new_mobile()
        code = await asked(runtime, phone)
        await ask(runtime, stranger)
        assert await use(runtime, stranger, code) == "code_wrong"

    async def test_only_the_newest_opens(self, runtime: Runtime) -> None:
        phone = new_mobile()
        old = await asked(runtime, phone)
        await later(runtime, phone, MINUTE)
        new = await asked(runtime, phone)
        if old != new:
            assert await use(runtime, phone, old) == "code_wrong"
        assert await use(runtime, phone, new) == "opened"
        assert await use(runtime, phone, old) == "code_expired"

    async def test_an_older_one_that_has_not_left_stays_here(self, runtime: Runtime) -> None:
        phone = new_mobile()
        old = await asked(runtime, phone)
        await later(runtime, phone, MINUTE)
        new = await asked(runtime, phone)
        async with provider(runtime) as (worker, given):
            await send_texts(worker)
        assert len(given) == 1
        assert (new in given[0]["text"], old == new or old not in given[0]["text"]) == (True, True)

    async def test_a_check_leaves_it_usable(self, runtime: Runtime) -> None:
        phone = new_mobile()
        code = await asked(runtime, phone)
        async with runtime.database.unit_of_work() as session:
            await service.check_code(session, purpose=RECOVERY, phone=phone, code=code, address=at_home(phone))
        assert await use(runtime, phone, code) == "opened"


@pytest.mark.req("AUTH-11", "AUTH-25")
class TestTries:
    async def test_the_fifth_wrong_one_is_the_last(self, runtime: Runtime) -> None:
        phone = new_mobile()
        code = await asked(runtime, phone)
        for left in (4, 3, 2, 1, 0):
            async with runtime.database.unit_of_work() as session:
                with pytest.raises(WrongCode) as wrong:
                    await service.use_code(
                        session, purpose=RECOVERY, phone=phone, code=other(code), address=at_home(phone)
                    )
            said = wrong.value.errors[0].message
            assert (f"还可再试 {left} 次" in said) if left else ("重新获取" in said)
        assert await use(runtime, phone, code) == "code_expired"

    async def test_of_fifty_guesses_at_once_five_are_compared(self, runtime: Runtime) -> None:
        phone = new_mobile()
        code = await asked(runtime, phone)
        outcomes = Counter(await asyncio.gather(*(use(runtime, phone, other(code)) for _ in range(50))))
        assert outcomes == {"code_wrong": 5, "code_expired": 45}
        assert (await newest(runtime, phone)).tries == 5
        assert await use(runtime, phone, code) == "code_expired"

    @pytest.mark.req("AUTH-28")
    async def test_a_strangers_tries_use_up_nobodys_code(self, runtime: Runtime) -> None:
        phone, stranger = new_mobile(), new_id().hex
        code = await asked(runtime, phone)
        outcomes = [await use(runtime, phone, other(code), address=stranger) for _ in range(6)]
        assert outcomes == ["code_wrong"] * 5 + ["code_expired"]
        assert await use(runtime, phone, code) == "opened"

    @pytest.mark.req("AUTH-28")
    async def test_whoever_has_another_address_by_now_is_let_in(self, runtime: Runtime) -> None:
        phone = new_mobile()
        assert await use(runtime, phone, await asked(runtime, phone), address=new_id().hex) == "opened"

    async def test_a_code_that_a_stranger_asks_for_later_ends_none(self, runtime: Runtime) -> None:
        phone, stranger = new_mobile(), new_id().hex
        own = await asked(runtime, phone)
        await later(runtime, phone, MINUTE)
        await ask(runtime, phone, address=stranger)
        for _ in range(5):
            await use(runtime, phone, other(own), address=stranger)
        assert await use(runtime, phone, own) == "opened"

    async def test_of_many_uses_at_once_one_opens(self, runtime: Runtime) -> None:
        phone = new_mobile()
        code = await asked(runtime, phone)
        outcomes = Counter(await asyncio.gather(*(use(runtime, phone, code) for _ in range(20))))
        assert outcomes == {"opened": 1, "code_expired": 19}


@pytest.mark.req("PLAT-05")
class TestNothingLeaks:
    async def test_code_and_number_stand_nowhere_in_clear(
        self, runtime: Runtime, caplog: pytest.LogCaptureFixture
    ) -> None:
        phone = new_mobile()
        with caplog.at_level(logging.DEBUG):
            code = await asked(runtime, phone)
            assert await self._rows_with(runtime, phone, code) == 0
            assert await use(runtime, phone, other(code)) == "code_wrong"
            error = await refused(runtime, phone)
            async with provider(runtime) as (worker, given):
                await send_texts(worker)
            assert await use(runtime, phone, code) == "opened"
        assert code in given[0]["text"]
        assert await self._rows_with(runtime, phone, code) == 0
        logged = "".join(f"{record.msg}{record.args}{record.getMessage()}" for record in caplog.records)
        assert phone not in logged + repr(error) + error.detail
        assert f"验证码 {code}" not in logged

    async def _rows_with(self, runtime: Runtime, phone: str, code: str) -> int:
        """Digits that stand by themselves: six of them occur in any long number."""
        async with runtime.database.unit_of_work() as session:
            total = 0
            for table in ("codes", "texts", "history", "events"):
                found = text(f"SELECT count(*) FROM {table} t WHERE strpos(t::text, :phone) > 0 OR t::text ~ :code")
                values = {"phone": phone, "code": rf"(?<![0-9a-f\.]){code}(?![0-9a-f])"}
                total += await session.scalar(found, values) or 0
        return total

    async def test_equal_codes_have_different_hashes(self, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(secrets, "randbelow", lambda _most: 111111)
        first, second = new_mobile(), new_mobile()
        assert await asked(runtime, first) == await asked(runtime, second)
        assert (await newest(runtime, first)).code_hash != (await newest(runtime, second)).code_hash

    async def test_old_rows_are_let_go_once_no_limit_counts_them(self, runtime: Runtime) -> None:
        old, counted = new_mobile(), new_mobile()
        for phone, hours in ((old, 49), (counted, 23)):
            await ask(runtime, phone)
            await later(runtime, phone, timedelta(hours=hours))
        await tasks.sweep(runtime)
        async with runtime.database.unit_of_work() as session:
            left = set(await session.scalars(select(Code.phone_index)))
        assert service.phone_index(counted) in left
        assert service.phone_index(old) not in left
