"""What an approval does to an account or a question, and the words that tell the reviewer beforehand and the applicant afterwards. A
refusal in here (a phone taken meanwhile) takes everything back: the case stays open, and the reviewer reads why.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.repository import require_account
from services.auth.access.accounts.repository import require_for_change as hold_account
from services.auth.access.accounts.service import PhoneTaken, set_phone
from services.auth.access.guesses.service import forget_wrong_guesses
from services.auth.access.sessions.service import end_sessions
from services.auth.access.texts.service import send_text
from services.auth.desks.cases import repository
from services.auth.desks.cases.models import Case
from shared.addresses import address
from shared.crypto import mask_phone
from shared.errors import Conflict, FieldError, InvalidInput
from shared.identity import Actor
from shared.settings import platform_settings
from shared.workflow.definition import ActionBody


class NewPhoneTaken(PhoneTaken):
    """To the reviewer, who cannot choose another one."""

    detail = (
        "申请的新手机号码已用于另一个正常使用的账号，不能通过；请办理“不通过”并说明原因，由申请人换一个号码重新申请"
    )


class RecordChanged(Conflict):
    code = "record_changed"
    detail = "该单位的信用代码在申请之后已经变更，本申请不再适用，请办理“不通过”并说明原因"


class HandedOver(RecordChanged):
    """Whoever filed this has lost the record to its claimant since."""

    detail = "该单位的注册信息在申请之后已由其他单位认领，本申请不再适用，请办理“不通过”并说明原因"


def tell(session: AsyncSession, case: Case, words: str, *, phone: str | None = None) -> None:
    """An SMS about the case, to the applicant unless to somebody else."""
    send_text(session, about=f"case_{case.kind}", phone=phone or case.new_phone, words=words, record_id=case.id)


async def give_phone_back(session: AsyncSession, case: Case, actor: Actor, _body: ActionBody) -> None:
    """账号申诉 (AUTH-26): the account is its unit's again, at the new phone, unlocked, with nobody signed in."""
    account = await _change_phone(session, case, actor)
    await forget_wrong_guesses(session, name=account.name_index)
    reason = "您的账号已通过申诉更换手机号码，请重新登录"
    await end_sessions(session, actor=actor, account_id=account.id, reason=reason)
    url = platform_settings().public_url
    words = (
        f"您的账号申诉已通过。登录账号：{account.login_name}，请打开 {url}{address('sign-in')} 登录；"
        "忘记密码的，点“忘记账号密码”用本手机号码重新设置。"
    )
    tell(session, case, words)


async def describe_appeal(session: AsyncSession, case: Case) -> str:
    """The account, its phones masked, and what else happens."""
    return f"{await _describe_phone(session, case)}；解除锁定，结束已有登录，并短信告知新号码登录账号"


async def change_phone(session: AsyncSession, case: Case, actor: Actor, _body: ActionBody) -> None:
    """手机号更换 (AUTH-20, FAQ-D17): the old phone is lost, the password was proven."""
    account = await _change_phone(session, case, actor)
    words = f"您的账号 {account.login_name} 的手机号码已更换为本号码，登录验证码将发送到本号码。"
    tell(session, case, words)


async def _change_phone(session: AsyncSession, case: Case, actor: Actor) -> Account:
    assert case.account_id is not None
    account = await hold_account(session, case.account_id)
    await refuse_handed_over(session, case)
    before = account.phone
    try:
        await set_phone(
            session, actor=actor, account=account, phone=case.new_phone, reason=f"{case.kind.label}审核通过"
        )
    except PhoneTaken as error:
        raise NewPhoneTaken from error
    if before != case.new_phone:
        words = (
            f"您的账号的手机号码已经{case.kind.label}更换。如非本人或本单位办理，请立即联系{actor.organisation_name}。"
        )
        tell(session, case, words, phone=before)
    return account


async def refuse_handed_over(session: AsyncSession, case: Case) -> None:
    """Raises HandedOver. Asked under the lock of the row that a claim changes, too."""
    if await repository.handed_over_since(session, case):
        raise HandedOver


async def describe_phone_change(session: AsyncSession, case: Case) -> str:
    """The account and its phones, masked."""
    return f"{await _describe_phone(session, case)}；短信告知新旧号码"


async def _describe_phone(session: AsyncSession, case: Case) -> str:
    assert case.account_id is not None
    account = await require_account(session, case.account_id)
    status = "" if account.status.is_usable else f"（账号现为“{account.status.label}”，通过后状态不变）"
    return (
        f"账号 {account.login_name}{status} 的手机号码由 {mask_phone(account.phone)} 改为 {mask_phone(case.new_phone)}"
    )


async def answer(session: AsyncSession, case: Case, actor: Actor, body: ActionBody) -> None:
    """在线咨询 (AUTH-30): the approval's reason is the answer. Raises InvalidInput without one."""
    if not (body.reason or "").strip():
        raise InvalidInput(errors=[FieldError("reason", "missing", "请填写答复内容")])
    tell(session, case, f"您的在线咨询已答复：{body.reason}")


async def describe_enquiry(session: AsyncSession, case: Case) -> str:
    """Where the answer goes."""
    return f"答复内容以短信发送到 {mask_phone(case.new_phone)}，并在查询进度时显示"
