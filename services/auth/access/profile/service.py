"""个人设置 (AUTH-18): e-mail, colour, notice channels and one's own sessions. The password is changed in ``sessions``, the phone in
``phones``.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository as accounts
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import ACCOUNT, account_changed
from services.auth.access.activations.schemas import read_policy
from services.auth.access.profile import repository
from services.auth.access.profile.schemas import OwnSessionItem, SettingsRead, SettingsUpdate
from services.auth.access.sessions.devices import device_label
from services.auth.access.sessions.models import LoginSession
from services.auth.access.sessions.refusals import TIMED_OUT
from services.auth.access.sessions.service import end_sessions, is_over
from services.auth.access.sessions.sign_in import check_own_password
from services.auth.units import keeping_unit
from shared.crypto import mask_phone
from shared.errors import FieldError, InvalidInput
from shared.events.log import record
from shared.identity import Actor
from shared.runtime import Runtime
from shared.web.versions import require_version

SHOWN_SESSIONS = 20
# What the services that send notices have to know of.
_TOLD = {"email", "sms_notices", "email_notices"}


async def get_settings(session: AsyncSession, actor: Actor) -> SettingsRead:
    """The actor's own settings."""
    return _read(await accounts.require_account(session, actor.account_id))


def _read(account: Account) -> SettingsRead:
    return SettingsRead.of(account, phone=mask_phone(account.phone), policy=read_policy(account.portal))


async def update_settings(runtime: Runtime, actor: Actor, body: SettingsUpdate, expected: int) -> SettingsRead:
    """Sets what was sent; another e-mail takes the password, as another phone does. Raises VersionMismatch (PLAT-03), InvalidInput without
    the password, and what ``check_own_password`` raises; no connection is held while it is checked."""
    async with keeping_unit(runtime) as session:
        account = await accounts.require_account(session, actor.account_id)
        await require_version(session, ACCOUNT, account, expected)
    if "email" in body.model_fields_set and body.email != account.email:
        if body.password is None:
            raise InvalidInput(errors=[FieldError("password", "missing", "修改电子邮箱须填写登录密码")])
        clear = body.password.get_secret_value()
        await check_own_password(runtime, actor=actor, password=clear, field="password")
    async with keeping_unit(runtime) as session:
        return await _change(session, actor, body, expected)


async def _change(session: AsyncSession, actor: Actor, body: SettingsUpdate, expected: int) -> SettingsRead:
    """Emits ``AccountChanged`` when it matters to whoever sends notices."""
    account = await accounts.require_for_change(session, actor.account_id)
    await require_version(session, ACCOUNT, account, expected)
    sent = body.model_dump(exclude_unset=True, exclude={"password"})
    news = {name: value for name, value in sent.items() if getattr(account, name) != value}
    if not news:
        return _read(account)
    before = {name: getattr(account, name) for name in news}
    for name, value in news.items():
        setattr(account, name, value)
    await session.flush()
    ACCOUNT.note(session, account.id, "update_settings", actor=actor, before=_shown(before), after=_shown(news))
    if not _TOLD.isdisjoint(news):
        record(session, account_changed(account))
    await session.flush()
    return _read(account)


def _shown(values: dict[str, object]) -> dict[str, object]:
    """For the history, which holds no address in clear (PLAT-05)."""
    return {name: ("已填写" if value else "未填写") if name == "email" else value for name, value in values.items()}


async def list_own_sessions(session: AsyncSession, actor: Actor) -> list[OwnSessionItem]:
    """The newest twenty, this one first."""
    rows = await repository.list_newest_sessions(session, actor.account_id, SHOWN_SESSIONS)
    return [_item(row, actor) for row in rows]


def _item(row: LoginSession, actor: Actor) -> OwnSessionItem:
    live = row.ended_at is None and not is_over(row)
    return OwnSessionItem.of(
        row,
        device=device_label(row.user_agent),
        begun_at=row.created_at,
        ended_reason=row.ended_reason or (None if live else TIMED_OUT),
        live=live,
        current=row.id == actor.session_id,
    )


async def end_other_sessions(session: AsyncSession, actor: Actor) -> None:
    """Ends every session of the account but the actor's own. An account has one live session (AUTH-09), so that normally there is no other
    to end: this is what a worried holder presses, and what stays right should that rule ever be loosened."""
    await accounts.require_for_change(session, actor.account_id)
    reason = "您已在另一台设备上结束此处的登录"
    await end_sessions(session, actor=actor, account_id=actor.account_id, reason=reason, sparing=actor.session_id)
