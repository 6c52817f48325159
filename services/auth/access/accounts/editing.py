"""What an overseer corrects on an account: its holder's name and e-mail, its grants, the first day of its validity. The phone is its
holder's own (AUTH-20), the last day is extended through the workflow.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository
from services.auth.access.accounts.grants import ADMINISTRATION, beside_administration, check_grants
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.schemas import AccountUpdate
from services.auth.access.accounts.workflow import ACCOUNT, account_changed, not_overseer
from shared.errors import FieldError, InvalidInput
from shared.events.log import record
from shared.identity import Actor
from shared.web.versions import require_version
from shared.workflow.apply import ActionRefused
from shared.workflow.buttons import AllowedAction, button
from shared.workflow.definition import Refusal

# What decides whether the account can do anything.
_RIGHTS = frozenset({"grants", "valid_from"})
_FIRST_RIGHTS = Refusal(
    "first_account_rights",
    "这是本省首个账号，其权限和有效期的开始日期不能由其他账号修改；姓名和邮箱可以更正",
)


def offered_edits(account: Account, actor: Actor) -> list[AllowedAction]:
    """``update`` of what is known of its holder, ``update_rights`` of what decides whether it can do anything; each with why not."""
    refusal = not_overseer(account, actor)
    rights = refusal or (_FIRST_RIGHTS if account.is_first else None)
    return [button("update", "修改资料", refusal), button("update_rights", "修改权限和有效期开始日期", rights)]


async def change_account(
    session: AsyncSession, *, actor: Actor, account_id: UUID, expected: int, body: AccountUpdate
) -> Account:
    """The account with what ``body`` names changed, in the history and told to the others; unchanged when nothing differs.

    Raises NotFound, ActionRefused (own account, only the superior may, or the first account's rights; AUTH-29, AUTH-31), VersionMismatch
    (PLAT-03), InvalidInput (X25).
    """
    await repository.require_overseen(session, actor, account_id)
    account = await repository.require_for_change(session, account_id)
    if refusal := not_overseer(account, actor):
        raise ActionRefused(refusal)
    await require_version(session, ACCOUNT, account, expected)
    news = {name: getattr(body, name) for name in body.model_fields_set}
    _check(account, news)
    if "grants" in news:
        news["grants"] = sorted(grant.value for grant in news["grants"])
    before = {name: getattr(account, name) for name in news}
    changed = {name: value for name, value in news.items() if value != before[name]}
    if not changed:
        return account
    if account.is_first and changed.keys() & _RIGHTS:
        raise ActionRefused(_FIRST_RIGHTS)
    for name, value in changed.items():
        setattr(account, name, value)
    await session.flush()
    ACCOUNT.note(
        session,
        account.id,
        "update",
        actor=actor,
        before={name: _shown(name, before[name]) for name in changed},
        after={name: _shown(name, value) for name, value in changed.items()},
    )
    record(session, account_changed(account))
    await session.flush()
    return account


async def set_administration(session: AsyncSession, account: Account, *, held: bool) -> None:
    """平台管理 for the account, whose row the caller holds, or no more; who may do that stands in the table (AUTH-31)."""
    grants = account.granted | ADMINISTRATION if held else account.granted - ADMINISTRATION
    account.grants = sorted(grant.value for grant in grants)
    await session.flush()


async def make_first(session: AsyncSession, account: Account) -> None:
    """The province began with this account (PLAT-20), which alone grants 平台管理; nothing happens where it had begun before."""
    await repository.mark_first(session, account.id)


def _check(account: Account, news: dict[str, Any]) -> None:
    if "grants" in news:
        news["grants"] = beside_administration(account.granted, news["grants"])
        if news["grants"] != ADMINISTRATION:
            check_grants(account.portal, account.organisation.level, news["grants"] - ADMINISTRATION)
    if "valid_from" in news and not date.min < news["valid_from"] <= account.valid_until:
        message = f"有效期的开始日期不能晚于结束日期 {account.valid_until:%Y-%m-%d}"
        raise InvalidInput(errors=[FieldError("valid_from", "after_end", message)])


def _shown(name: str, value: Any) -> Any:
    """An e-mail address is a person's: the history says only whether there is one (PLAT-05)."""
    if name == "email":
        return "已填写" if value else None
    return value.isoformat() if isinstance(value, date) else value
