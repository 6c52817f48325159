"""Whether an account may be used at all (启用, 停用). A lock after wrong passwords and the end of its validity are no statuses: they pass
or are counted from dates.
"""

from datetime import datetime
from typing import Any

from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.auth import AccountChanged
from shared.identity import Actor
from shared.roles import Permission, permissions_of
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow


class AccountStatus(Labelled):
    ACTIVE = "active", "正常"
    DISABLED = "disabled", "停用"


class AccountAction(Labelled):
    ENABLE = "enable", "启用"
    DISABLE = "disable", "停用"


def account_changed(account: Any, _actor: Actor | None = None, _body: ActionBody | None = None) -> AccountChanged:
    """The event of an account as it is now; phone and e-mail go sealed (PLAT-05)."""
    cipher, organisation = field_cipher(), account.organisation
    return AccountChanged(
        account_id=account.id,
        organisation_id=organisation.id,
        person_name=account.person_name,
        portal=account.portal,
        level=organisation.level,
        region_code=organisation.region_code,
        permissions=permissions_of(account.grants, organisation.level),
        active=account.status is AccountStatus.ACTIVE,
        phone=Sealed.seal(cipher, account.phone),
        email=Sealed.seal(cipher, account.email) if account.email else None,
    )


def _not_oneself(account: Any, actor: Actor, _now: datetime) -> Refusal | None:
    if account.id == actor.account_id:
        return Refusal("own_account", "不能停用自己的账号，请由上级账号管理人员办理")
    return None


_S, _A = AccountStatus, AccountAction
_MANAGERS = {Permission.ACCOUNT_MANAGEMENT}

ACCOUNT = Workflow(
    name="account",
    label="账号",
    statuses=AccountStatus,
    initial=_S.ACTIVE,
    transitions=(
        Transition(_A.ENABLE, {_S.DISABLED}, _S.ACTIVE, by=_MANAGERS, emits=account_changed),
        Transition(
            _A.DISABLE,
            {_S.ACTIVE},
            _S.DISABLED,
            by=_MANAGERS,
            guard=_not_oneself,
            needs_reason=True,
            then="end_sessions",
            emits=account_changed,
        ),
    ),
    hints={
        (_A.ENABLE, _S.ACTIVE): "账号已是正常状态，无需启用",
        (_A.DISABLE, _S.DISABLED): "账号已停用，如需恢复请启用",
    },
)
