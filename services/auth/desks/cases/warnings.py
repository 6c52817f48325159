"""Who hears of a case that was just filed: its applicant gets the number by which it is followed, because a page is closed and the number
lost; whoever holds the account that it is about is warned, because it may be a stranger's (AUTH-26, BEY-13).
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.texts.service import send_text
from services.auth.desks.cases import repository
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.reading import contact_of
from services.auth.desks.cases.workflow import CaseKind
from shared.addresses import address
from shared.crypto import mask_phone
from shared.settings import platform_settings

# An enquiry's phone is proven by nobody: texts to it would be anybody's to send.
UNPROVEN = {CaseKind.ENQUIRY}
_WANTED = {
    CaseKind.APPEAL: "申请将账号 {account} 的手机号码改为 {phone}",
    CaseKind.PHONE_CHANGE: "申请将账号 {account} 的手机号码改为 {phone}",
    CaseKind.CLAIM: "申请取得贵单位的信用代码和注册信息",
}


async def tell_filed(session: AsyncSession, case: Case) -> None:
    """The texts to the applicant and to the holders, in the transaction that files the case."""
    if case.kind in UNPROVEN:
        return
    contact = await contact_of(session, case)
    url = platform_settings().public_url + address("track", number=case.number)
    words = f"您的{case.kind.label}已提交，编号 {case.number}，由{contact}办理，请打开 {url} 查看进度。"
    fields = {"number": case.number, "contact": contact}
    send_text(
        session,
        about="case_filed",
        phone=case.new_phone,
        words=words,
        fields={**fields, "link": url},
        record_id=case.id,
    )
    wanted = _WANTED.get(case.kind)
    for account in await _holders(session, case) if wanted else ():
        asked = (wanted or "").format(account=account.login_name, phone=mask_phone(case.new_phone))
        warning = f"有人{asked}（{case.kind.label}，编号 {case.number}）。如非本单位办理，请立即联系{contact}。"
        about = "case_warning"
        send_text(session, about=about, phone=account.phone, words=warning, fields=fields, record_id=case.id)


async def _holders(session: AsyncSession, case: Case) -> Sequence[Account]:
    """One for each phone that has something to lose."""
    assert case.organisation_id is not None
    if case.account_id:
        accounts = await repository.accounts_held(session, case.account_id)
    else:
        accounts = await repository.accounts_of(session, [case.organisation_id])
    by_phone = {account.phone: account for account in accounts if account.status.is_usable}
    return [account for phone, account in by_phone.items() if phone != case.new_phone]
