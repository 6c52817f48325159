"""What stands for the old phone: before a sign-in its number, a guess at which is counted as one at a password is (AUTH-20, AUTH-27), and
for officials always a code to it, because knowing a number is not having it (AUTH-28).
"""

import hmac
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import ACCOUNT
from services.auth.access.codes.models import Code, Purpose
from services.auth.access.codes.service import check_code
from services.auth.access.guesses.models import old_phone_index
from services.auth.access.guesses.service import forget_wrong_guesses, note_wrong_guess, refuse_locked
from services.auth.access.texts.service import send_text
from shared.errors import FieldError, InvalidInput
from shared.identity import SYSTEM
from shared.roles import Portal


@dataclass(frozen=True)
class OldNumber:
    """What somebody says the account's phone is, and from where."""

    phone: str
    address: str


class OldPhoneWrong(InvalidInput):
    """Says nothing of the right one, and whom to ask when it is lost (FAQ-D17). The guess stays counted."""

    code = "old_phone_wrong"
    keeps = True
    detail = "旧手机号码与账号登记的不一致，请核对。旧手机号码已遗忘或账号换人使用的，请提交“更换手机号”申请，由上级机构核实后办理"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("old_phone", self.code, "旧手机号码与账号登记的不一致")])


class OldCodeNeeded(InvalidInput):
    code = "old_code_needed"
    detail = (
        "管理机构账号更换手机号，须同时填写发到旧手机号码的验证码。旧手机号码收不到短信的，请提交“更换手机号”申请，"
        "由上级机构核实后更换，或请上级机构的账号管理人员办理"
    )

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("old_code", "missing", "请填写发到旧手机号码的验证码")])


async def judge_old_number(session: AsyncSession, account: Account, old: OldNumber) -> None:
    """One guess after the other, since the account's row is held: no more than may be wrong are looked at (AUTH-27). Raises AccountLocked
    and OldPhoneWrong."""
    name, counted_as = account.name_index, old_phone_index(account.login_name)
    await refuse_locked(session, name=name)
    if hmac.compare_digest(account.phone.encode(), old.phone.encode()):
        await forget_wrong_guesses(session, name=counted_as)
        return
    stranger = replace(SYSTEM, address=old.address)
    about = "wrong_old_phone"
    if await note_wrong_guess(
        session, ACCOUNT, account.id, name=name, actor=stranger, about=about, counted_as=counted_as
    ):
        await forget_wrong_guesses(session, name=counted_as)
        send_text(
            session,
            about="phone_guessed",
            phone=account.phone,
            words=_warning(account),
            fields={"login_name": account.login_name},
            record_id=account.id,
        )
    raise OldPhoneWrong


def _warning(account: Account) -> str:
    return (
        f"有人用正确的密码为您的账号 {account.login_name} 更换手机号，因多次填错旧手机号码，账号已锁定。"
        "如非本人操作，请立即找回并修改密码，并告知账号管理人员。"
    )


def asks_old_phone(account: Account) -> bool:
    """Whether nothing stands for the old phone but a code that came to it; a unit may have lost it (AUTH-20)."""
    return account.portal is Portal.OFFICIALS


async def prove_old_phone(session: AsyncSession, account: Account, code: str | None, address: str) -> Code | None:
    """The code that came to the old phone, to be spent; None where none is asked for. Raises OldCodeNeeded and the refusals of a code."""
    if not asks_old_phone(account):
        return None
    if code is None:
        raise OldCodeNeeded
    return await check_code(
        session,
        purpose=Purpose.OLD_PHONE,
        phone=account.phone,
        code=code,
        address=address,
        field="old_code",
    )
