"""The second step of a sign-in: a code to the account's own phone, for officials always, for units where the setting says so (AUTH-28,
X26). How codes are made, sent and counted is the business of ``codes``; the password was judged before.
"""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import ACCOUNT
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.tickets import make_ticket
from services.auth.access.codes.models import Code, Purpose
from services.auth.access.codes.service import (
    CodeSent,
    CodeTooSoon,
    NoCode,
    TooManyCodes,
    WrongCode,
    check_code,
    lift_limits,
    request_code,
)
from services.auth.settings import auth_settings
from shared.crypto import mask_phone
from shared.errors import AppError, Forbidden, NotSignedIn
from shared.identifiers import mobile_problem
from shared.identity import SYSTEM, Actor
from shared.workflow.definition import ActionBody


class CodeRequired(NotSignedIn):
    """The password is right and a code is on its way. Whoever has another phone by now is told where to change it (FAQ-D17)."""

    code = "code_required"

    def __init__(self, sent: CodeSent, ticket: str) -> None:
        super().__init__(
            f"身份验证：短信验证码已发送至 {sent.phone}，{sent.expires_in // 60} 分钟内有效，请输入验证码完成登录。"
            "该手机号已停用或不是本人的，请点击“更换手机号”办理；原手机号收不到短信的，由上级机构审核后更换",
            extra={**sent.model_dump(), "ticket": ticket},
        )


class PhoneUnusable(Forbidden):
    code = "phone_unusable"
    detail = "该账号须凭短信验证码登录，但没有登记可接收短信的手机号，请点击“更换手机号”办理，由上级机构审核后更换"


def next_ticket(account: Account) -> str:
    """What stands for the picture check in the next step of the same sign-in: for this account, for once."""
    return make_ticket(Action.SIGN_IN, subject=account.login_name, seconds=auth_settings().code_seconds)


async def prove_phone(
    session: AsyncSession, *, account: Account, code: str | None, address: str
) -> Code | AppError | None:
    """The code, to be spent when the session begins; None when the account needs none. Without ``code`` one is sent.

    A refusal is returned and not raised: the code that was sent and the try that was counted are to be kept.
    """
    if not account.needs_code:
        return None
    if mobile_problem(account.phone):
        return PhoneUnusable()
    if code is None:
        return await _send(session, account, address)
    try:
        return await check_code(session, purpose=Purpose.SIGN_IN, phone=account.phone, code=code, address=address)
    except (WrongCode, NoCode) as refusal:
        _note(session, account, "wrong_code", address)
        refusal.extra["ticket"] = next_ticket(account)
        return refusal


async def _send(session: AsyncSession, account: Account, address: str) -> AppError:
    try:
        sent = await request_code(session, purpose=Purpose.SIGN_IN, phone=account.phone, address=address)
    except (CodeTooSoon, TooManyCodes) as refusal:
        # Perhaps one has arrived already: the same ticket takes it.
        refusal.extra.update(
            ticket=next_ticket(account), phone=mask_phone(account.phone), resend_after=refusal.retry_after
        )
        return refusal
    _note(session, account, "send_code", address)
    return CodeRequired(sent, next_ticket(account))


def _note(session: AsyncSession, account: Account, action: str, address: str) -> None:
    ACCOUNT.note(
        session, account.id, action, actor=replace(SYSTEM, address=address), after={"phone": mask_phone(account.phone)}
    )


@ACCOUNT.effect("lift_code_limit")
async def lift_code_limit(session: AsyncSession, account: Account, actor: Actor, _body: ActionBody) -> None:
    """Somebody who knew the password, the holder or not, had so many codes sent that no more are: they count from one again."""
    await lift_limits(session, phone=account.phone)
