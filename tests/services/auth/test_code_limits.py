"""How often codes can be asked for: every limit holds, also for many at once, and nothing tells whether a number has an account."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import CodeSent
from services.auth.access.texts.tasks import send_texts
from shared.crypto import mask_phone
from shared.errors import AppError
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.auth.asking import MINUTE, ask, asked, later, newest, refused, use
from tests.services.auth.provider import provider
from tests.services.auth.records import new_mobile


async def outcome_of_asking(runtime: Runtime, phone: str, **more: Any) -> str:
    try:
        await ask(runtime, phone, **more)
    except AppError as error:
        return error.code
    return "sent"


@pytest.mark.req("AUTH-11", "AUTH-25")
class TestLimits:
    async def test_a_minute_lies_between_two(self, runtime: Runtime) -> None:
        phone = new_mobile()
        await ask(runtime, phone)
        await runtime.redis.flushdb()
        error = await refused(runtime, phone)
        assert (error.code, 50 < (error.retry_after or 0) <= 60) == ("code_too_soon", True)
        await later(runtime, phone, timedelta(seconds=50))
        assert (await refused(runtime, phone, address=new_id().hex)).code == "code_too_soon"
        await later(runtime, phone, timedelta(seconds=11))
        await ask(runtime, phone)

    async def test_after_a_used_one_the_next_comes_at_once(self, runtime: Runtime) -> None:
        phone = new_mobile()
        assert await use(runtime, phone, await asked(runtime, phone)) == "opened"
        assert await use(runtime, phone, await asked(runtime, phone, Purpose.NEW_PHONE), Purpose.NEW_PHONE) == "opened"

    async def test_of_many_requests_at_once_one_is_sent(self, runtime: Runtime) -> None:
        phone = new_mobile()
        outcomes = Counter(await asyncio.gather(*(outcome_of_asking(runtime, phone) for _ in range(20))))
        assert outcomes == {"sent": 1, "code_too_soon": 19}

    @pytest.mark.parametrize("known", [True, False])
    async def test_a_number_gets_ten_a_day(self, runtime: Runtime, known: bool) -> None:
        phone = new_mobile()
        for _ in range(10):
            await ask(runtime, phone, known=known, address=new_id().hex)
            await later(runtime, phone, MINUTE)
        await runtime.redis.flushdb()
        error = await refused(runtime, phone, known=known)
        assert (error.code, "该手机号码" in error.detail) == ("too_many_codes", True)
        assert 23 * 3600 < (error.retry_after or 0) < 24 * 3600
        await later(runtime, phone, timedelta(hours=23, minutes=51))
        await ask(runtime, phone, known=known)

    async def test_from_one_address_a_number_gets_five_of_them(self, runtime: Runtime) -> None:
        """So that no single stranger uses up the day of a number's holder."""
        phone, stranger = new_mobile(), new_id().hex
        for _ in range(5):
            await ask(runtime, phone, address=stranger)
            await later(runtime, phone, MINUTE)
        assert (await refused(runtime, phone, address=stranger)).code == "too_many_codes"
        await ask(runtime, phone)

    @pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.RECOVERY])
    async def test_what_was_asked_for_another_purpose_stands_in_no_way(
        self, runtime: Runtime, purpose: Purpose
    ) -> None:
        phone = new_mobile()
        for _ in range(10):
            await ask(runtime, phone, address=new_id().hex)
            await later(runtime, phone, MINUTE)
        assert await use(runtime, phone, await asked(runtime, phone, purpose), purpose) == "opened"

    async def test_what_nobody_was_sent_stands_in_no_way_of_who_is(self, runtime: Runtime) -> None:
        """Somebody names another account with the number, ten times; its own is sent its code all the same."""
        phone = new_mobile()
        for number in range(10):
            stranger = new_id().hex
            await ask(runtime, phone, Purpose.UNLOCK, known=False, named=f"other-{number}", address=stranger)
        await ask(runtime, phone, Purpose.UNLOCK, known=False, named="own", address=new_id().hex)
        await ask(runtime, phone, Purpose.UNLOCK, named="own")

    async def test_an_address_gets_thirty_an_hour(self, runtime: Runtime) -> None:
        address = new_id().hex
        asking = (outcome_of_asking(runtime, new_mobile(), address=address) for _ in range(40))
        assert Counter(await asyncio.gather(*asking)) == {"sent": 30, "too_many_codes": 10}
        error = await refused(runtime, new_mobile(), address=address)
        assert ("该网络地址" in error.detail, 3500 < (error.retry_after or 0) <= 3600) == (True, True)
        await ask(runtime, new_mobile())
        async with runtime.database.unit_of_work() as session:
            earlier = "UPDATE codes SET created_at = created_at - interval '61 min' WHERE address = :address"
            await session.execute(text(earlier), {"address": address})
        await ask(runtime, new_mobile(), address=address)

    @pytest.mark.req("AUTH-28")
    async def test_a_bureau_of_forty_signs_in_from_one_address(self, runtime: Runtime) -> None:
        """Also when what strangers ask for has used up that address."""
        address = new_id().hex
        for purpose, number in ((Purpose.RECOVERY, 30), (Purpose.SIGN_IN, 80)):
            asking = (outcome_of_asking(runtime, new_mobile(), purpose=purpose, address=address) for _ in range(number))
            assert Counter(await asyncio.gather(*asking)) == {"sent": number}
        assert (await refused(runtime, new_mobile(), address=address)).code == "too_many_codes"

    async def test_what_is_refused_counts_nothing(self, runtime: Runtime) -> None:
        phone, address = new_mobile(), new_id().hex
        await ask(runtime, phone, address=address)
        for _ in range(3):
            await refused(runtime, phone, address=address)
        async with runtime.database.unit_of_work() as session:
            count = text("SELECT count(*) FROM codes WHERE address = :address")
            assert await session.scalar(count, {"address": address}) == 1


@pytest.mark.req("AUTH-25")
class TestUnknownNumber:
    async def test_it_is_answered_and_limited_like_a_known_one(self, runtime: Runtime) -> None:
        outcomes = {}
        for known in (True, False):
            phone = new_mobile()
            sent = await ask(runtime, phone, known=known)
            assert sent == CodeSent(phone=mask_phone(phone), resend_after=60, expires_in=300)
            soon = await outcome_of_asking(runtime, phone, known=known)
            outcomes[known] = [soon, *[await use(runtime, phone, "none") for _ in range(6)]]
        assert outcomes[True] == outcomes[False] == ["code_too_soon", *["code_wrong"] * 5, "code_expired"]

    async def test_nothing_is_sent_to_it(self, runtime: Runtime) -> None:
        phone = new_mobile()
        await ask(runtime, phone, known=False)
        async with provider(runtime) as (worker, given):
            await send_texts(worker)
        assert (given, (await newest(runtime, phone)).text_id) == ([], None)
