"""Why a sign-in is refused, in words that say what to do next (PLAT-01). Wrong name and wrong password are one refusal; what an account's
state forbids is told only to whoever knows its password.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.contacts import account_manager_contact, expired_words
from services.auth.access.accounts.models import Account
from services.auth.access.sessions.devices import device_label
from services.auth.access.sessions.models import LoginSession
from services.auth.settings import auth_settings
from shared.clock import beijing_time, beijing_today, is_past, now_utc
from shared.errors import AppError, Conflict, Forbidden, NotSignedIn

TIMED_OUT = "登录已超时，请重新登录"


def hour_and_minute(moment: datetime) -> str:
    """Beijing's clock."""
    return f"{beijing_time(moment):%H:%M}"


class WrongCredentials(NotSignedIn):
    code = "wrong_credentials"

    def __init__(self) -> None:
        settings = auth_settings()
        super().__init__(
            f"账号或密码错误，请核对后重试：密码连续输错 {settings.wrong_passwords} 次，账号将锁定 {settings.lock_hours} 小时"
        )


class AlreadySignedIn(Conflict):
    """AUTH-09; the same request with ``take_over`` ends the other session, and with ``ticket`` as its proof needs no new one."""

    code = "already_signed_in"

    def __init__(self, live: LoginSession, ticket: str) -> None:
        since = f"{beijing_time(live.created_at):%m月%d日 %H:%M}"
        device = f"{device_label(live.user_agent)}，{live.address}"
        super().__init__(
            f"该账号自 {since} 起已在另一台设备（{device}）登录，继续登录将结束那台设备上的登录",
            extra={"ticket": ticket},
        )


class AccountDisabled(Forbidden):
    code = "account_disabled"


class AccountExpired(Forbidden):
    code = "account_expired"


class AccountNotStarted(Forbidden):
    code = "account_not_started"


async def refusal_of(session: AsyncSession, account: Account) -> AppError | None:
    """Why this account may not be used today, with the city's contact (AUTH-05); None when it may."""
    today = beijing_today(now_utc())
    if not account.status.is_usable and not account.status.is_expired:
        return AccountDisabled(f"账号已停用，如需恢复使用请联系{await _contact(session, account)}")
    if not account.organisation.active:
        return AccountDisabled(f"所属单位已停用，如需恢复使用请联系{await _contact(session, account)}")
    if account.status.is_expired or is_past(account.valid_until, now_utc()):
        return AccountExpired(expired_words(account.valid_until, await _contact(session, account)))
    if account.valid_from > today:
        return AccountNotStarted(f"账号自 {account.valid_from:%Y-%m-%d} 起方可使用，请届时登录")
    return None


async def _contact(session: AsyncSession, account: Account) -> str:
    return await account_manager_contact(session, account.organisation.region_code, account.organisation.level)
