"""Who may guess at a password: five wrong ones in a row lock the name for six hours (AUTH-27), thirty failures an hour slow an address
down, whatever the name (X20). A guess takes a place before it is looked at; a right password waits for one and is not refused. What it
opens is the business of the sessions domain.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.guesses import repository
from services.auth.settings import auth_settings
from shared.clock import beijing_time, now_utc
from shared.db.history import RecordType
from shared.errors import Locked, TooManyRequests
from shared.identity import Actor
from shared.web.limits import count, counted, refuse_from
from shared.wording import Word

UNKNOWN_NAME = RecordType("unknown_name", words={"number": Word("连续次数"), "locked_until": Word("锁定至")})
_WINDOW_SECONDS = 3600
_FAILURES = "sign-in-failures"
_KEPT = timedelta(days=2)


class AccountLocked(Locked):
    """The same words for a name that nobody has (FAQ-D12)."""

    code = "account_locked"

    def __init__(self, until: datetime | None) -> None:
        settings = auth_settings()
        again = f"在 {beijing_time(until):%m月%d日 %H:%M} 后" if until else "稍后"
        super().__init__(
            f"登录账号被锁定，请{again}重试：密码连续输错 {settings.wrong_passwords} 次，锁定 {settings.lock_hours} 小时；"
            "更换手机号时填错旧手机号码，同样计次。"
            "如需立即登录，请在登录页点击“解除锁定”用短信验证码解锁，或联系所在地市的账号管理人员解除锁定"
        )


@dataclass(frozen=True)
class Place:
    """Whether a guess may be looked at now; ``locked_until`` is why it never may, and without it one waits for a place."""

    taken: bool
    locked_until: datetime | None


class AddressTooBusy(TooManyRequests):
    code = "too_many_failures"
    detail = "该网络地址登录或验证失败的次数过多，请稍后再试"


async def take_place(session: AsyncSession, *, name: bytes) -> Place:
    """A place for a guess, to be committed before the password is looked at: without one nobody may look (AUTH-27). It ends with
    ``note_right_guess`` or ``note_wrong_guess``."""
    taken = await repository.take_place(session, name, cap=auth_settings().wrong_passwords)
    return Place(taken, None if taken else await repository.locked_until(session, name))


async def note_right_guess(session: AsyncSession, *, name: bytes) -> None:
    """The password was right: counting begins anew."""
    await repository.count_right(session, name)


async def forget_wrong_guesses(session: AsyncSession, *, name: bytes) -> None:
    """A lock, and what was counted, is over."""
    await repository.forget(session, name)


async def refuse_locked(session: AsyncSession, *, name: bytes) -> None:
    """Raises AccountLocked."""
    if until := await repository.locked_until(session, name):
        raise AccountLocked(until)


async def note_wrong_guess(
    session: AsyncSession,
    record_type: RecordType,
    record_id: UUID,
    *,
    name: bytes,
    actor: Actor,
    about: str = "wrong_password",
    counted_as: bytes | None = None,
) -> bool:
    """Counts the failure and writes it, and the lock that it causes, into the history of the account, whose row the caller holds, or of
    the ``UNKNOWN_NAME``: both take the same time. ``counted_as`` says where if not by ``name``. True when the name is locked by it."""
    settings = auth_settings()
    number = await repository.count_wrong(session, counted_as or name)
    record_type.note(session, record_id, about, actor=actor, after={"number": number})
    await session.flush()
    if number < settings.wrong_passwords:
        return False
    until = now_utc() + timedelta(hours=settings.lock_hours)
    await repository.lock(session, name, until)
    record_type.note(session, record_id, "lock", actor=actor, after={"locked_until": until.isoformat()})
    return True


async def refuse_busy_address(redis: "Redis", address: str) -> None:
    """Raises AddressTooBusy with the seconds to wait (X20). Redis may forget: this slows guessing down, the cap above stops it."""
    cap = auth_settings().failures_per_address
    await refuse_from(redis, _FAILURES, address, cap=cap, seconds=_WINDOW_SECONDS, refusal=AddressTooBusy)


async def failures_from(redis: "Redis", address: str) -> int:
    """How many failures this address has had within the hour that its first began; 0 while Redis is away."""
    return (await counted(redis, _FAILURES, address))[0]


async def count_failure(redis: "Redis", address: str) -> None:
    """One more failure from this address; the hour begins with the first."""
    await count(redis, _FAILURES, address, seconds=_WINDOW_SECONDS)


async def forget_old_guesses(session: AsyncSession) -> None:
    """Lets go of rows that no longer count."""
    await repository.forget_older_than(session, _KEPT)
