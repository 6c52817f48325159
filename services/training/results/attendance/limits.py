"""How often a check-in may be tried. A whole class comes through one address, so that right ones have room; wrong ones are few, by address
and by name, so that the last digits of a resident id cannot be tried out. Redis may forget what is counted here or be away; what a name is
wrong about in a day is therefore counted in PostgreSQL (``check_ins``).
"""

from hashlib import sha256
from uuid import UUID

from redis.asyncio import Redis

from shared.errors import TooManyRequests
from shared.reference.pinyin import folded
from shared.web.limits import count, count_up_to, refuse_from

WINDOW_SECONDS = 600
TRIES_PER_ADDRESS = 1200
WRONG_PER_ADDRESS = 60
TRIES_PER_NAME = 10
# The end of a resident id has some thirty thousand forms.
WRONG_AT_A_PERSON_A_DAY = 30


class TooManyCheckIns(TooManyRequests):
    code = "too_many_check_ins"
    detail = "签到尝试过于频繁，请稍后再试，或请现场工作人员登记"


def _by_name(class_session_id: UUID, name: str) -> str:
    return f"{class_session_id}:{sha256(folded(name).encode()).hexdigest()[:32]}"


async def count_try(redis: "Redis", address: str) -> None:
    """One more try from this address. Raises ``TooManyCheckIns``, also when too many of them were wrong."""
    await count_up_to(
        redis, "check-ins", address, cap=TRIES_PER_ADDRESS, seconds=WINDOW_SECONDS, refusal=TooManyCheckIns
    )
    await refuse_from(
        redis,
        "check-ins-wrong",
        address,
        cap=WRONG_PER_ADDRESS,
        seconds=WINDOW_SECONDS,
        refusal=TooManyCheckIns,
    )


async def count_guess(redis: "Redis", class_session_id: UUID, name: str) -> None:
    """One more try at this name, whether or not it is on the list; counted before it is looked at, so that many at once are no more. Raises
    ``TooManyCheckIns``."""
    await count_up_to(
        redis,
        "check-ins-name",
        _by_name(class_session_id, name),
        cap=TRIES_PER_NAME,
        seconds=WINDOW_SECONDS,
        refusal=TooManyCheckIns,
        told=False,
    )


async def count_wrong(redis: "Redis", address: str) -> None:
    """One more that was wrong."""
    await count(redis, "check-ins-wrong", address, seconds=WINDOW_SECONDS)
