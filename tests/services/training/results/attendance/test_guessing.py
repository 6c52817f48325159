"""How often the end of a resident id may be tried at a check-in does not depend on what Redis remembers (BEY-15)."""

import asyncio
from collections import Counter

import httpx
import pytest

from services.training.results.attendance import limits
from shared.runtime import Runtime
from tests.services.training.results.attendance import test_attendance
from tests.services.training.results.attendance.rooms import Room
from tests.services.training.results.attendance.test_attendance import CHECK_INS, history_of, said

pytestmark = pytest.mark.req("BEY-15")
runtime, room, visitor = test_attendance.runtime, test_attendance.room, test_attendance.visitor


@pytest.mark.req("AUTH-27")
async def test_an_emptied_redis_gives_no_more_guesses(runtime: Runtime, room: Room, visitor: httpx.AsyncClient) -> None:
    """What it forgets is counted in PostgreSQL, also of many at once."""
    right, other = await said(runtime, room), await said(runtime, room, 1)
    tails = [tail for tail in map("{:06}".format, range(60)) if tail != right["id_tail"]]
    seen: Counter[int] = Counter()
    for begin in range(0, 45, 9):
        for key in await runtime.redis.keys("check-ins*"):
            await runtime.redis.delete(key)
        nine = [visitor.post(CHECK_INS, json=right | {"id_tail": tail}) for tail in tails[begin : begin + 9]]
        seen.update(answer.status_code for answer in await asyncio.gather(*nine))
    assert seen == {422: limits.WRONG_AT_A_PERSON_A_DAY, 429: 45 - limits.WRONG_AT_A_PERSON_A_DAY}
    for key in await runtime.redis.keys("check-ins*"):
        await runtime.redis.delete(key)
    refused = await visitor.post(CHECK_INS, json=right)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_check_ins")
    assert (await visitor.post(CHECK_INS, json=other)).status_code == 200
    told = await history_of(runtime, room.people[0])
    assert [each[0] for each in told] == ["wrong_check_in"] * limits.WRONG_AT_A_PERSON_A_DAY
