"""What anybody with an application's number may know (FAQ-M1): where it stands, who has it, what comes next and why it came back. Of the
person only what they know themselves, masked.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.contacts import body_at_desk
from services.auth.access.accounts.desk_models import MANAGERS, SUPERIOR
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.repository import require_account
from services.auth.access.activations.service import link_until
from services.auth.desks.applications import repository
from services.auth.desks.applications.masks import mask_login_name, mask_name
from services.auth.desks.applications.models import Application
from services.auth.desks.applications.schemas import Holder, PublicStatusRead, StatusStep
from services.auth.desks.applications.workflow import ApplicationStatus
from shared.clock import beijing_time
from shared.crypto import mask_phone

_S = ApplicationStatus


@dataclass(frozen=True)
class _Progress:
    """The states of the three steps, and what comes next; ``with_managers`` says that the account managers have it."""

    fill: str
    review: str
    activate: str
    next_step: str
    with_managers: bool = False


_PROGRESS = {
    _S.DRAFT: _Progress("current", "waiting", "waiting", "请填写完整后提交申请"),
    _S.SUBMITTED: _Progress("done", "current", "waiting", "由{holder}审核，结果将以短信通知申请人", True),
    _S.RETURNED: _Progress("current", "waiting", "waiting", "请按退回理由修改后重新提交"),
    _S.OPENED: _Progress(
        "done", "done", "current", "激活短信已发送至 {phone}，请在 {until} 前打开短信中的链接设置密码"
    ),
    _S.REFUSED: _Progress("done", "failed", "waiting", "如有疑问请联系{holder}", True),
}
_LINK_OVER = _Progress(
    "done",
    "done",
    "current",
    "激活链接已失效，请在登录页“账号激活”中用登录账号和手机号码 {phone} 获取验证码设置密码；手机号码已更换的，请联系{holder}重新发送",
    True,
)
_ACTIVATED = _Progress("done", "done", "done", "账号已激活，请使用登录账号和您设置的密码登录")


async def follow(session: AsyncSession, number: str) -> PublicStatusRead:
    """The status for whoever has the number. Raises NumberUnknown."""
    application = await repository.require_by_number(session, number)
    account = await require_account(session, application.account_id) if application.account_id else None
    until = await link_until(session, account) if account else None
    progress = _progress(application, account, until)
    holder = await _holder(session, application) if progress.with_managers else None
    return PublicStatusRead.of(
        application,
        steps=_steps(application, progress),
        next_step=_in_words(progress, holder, account, until),
        holder=holder,
        person_name=mask_name(application.person_name),
        reason=application.decision_reason,
        login_name=mask_login_name(account.login_name) if account else None,
    )


def _progress(application: Application, account: Account | None, until: datetime | None) -> _Progress:
    if account is None:
        return _PROGRESS[application.status]
    if account.password_hash:
        return _ACTIVATED
    return _PROGRESS[application.status] if until else _LINK_OVER


def _in_words(progress: _Progress, holder: Holder | None, account: Account | None, until: datetime | None) -> str:
    return progress.next_step.format(
        holder=f"{holder.name}（{holder.phone}）" if holder and holder.phone else holder.name if holder else "",
        phone=mask_phone(account.phone) if account else "",
        until=f"{beijing_time(until):%m月%d日 %H:%M}" if until else "",
    )


def _steps(application: Application, progress: _Progress) -> list[StatusStep]:
    decided = application.decided_at
    rows: tuple[tuple[str, str, datetime | None], ...] = (
        ("填写并提交", progress.fill, application.submitted_at),
        ("审核", progress.review, decided if progress.review in {"done", "failed"} else None),
        ("激活账号", progress.activate, None),
    )
    return [StatusStep(label=label, state=state, at=at) for label, state, at in rows]


async def _holder(session: AsyncSession, application: Application) -> Holder:
    """The account managers of the city, or of the province for a body of a city or of the province itself and where the city has none."""
    body = await body_at_desk(session, MANAGERS, application.region_code, SUPERIOR[application.level])
    if body is None:
        return Holder(name="账号管理人员（所在地区暂无账号管理机构，请拨打账号申请表最下方的电话）", phone="")
    return Holder(name=body.name, phone=body.phone)
