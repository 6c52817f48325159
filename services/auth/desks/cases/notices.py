"""结果告知书 (AUTH-26, NOTE-04): what was asked, what was decided by whom and why, and what the applicant can do now, as a PDF from the
certificates service. It is prepared in the transaction of the decision. As it is had by the number alone, it says no more of a person
than the progress does: phones and login names masked, no name.
"""

from collections.abc import Callable
from datetime import date

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.repository import require_account
from services.auth.desks.cases import repository
from services.auth.desks.cases.lookups import mask_login_name
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.reading import contact_of
from services.auth.desks.cases.schemas import ClaimDetails, CorrectionDetails, NumberDetails
from services.auth.desks.cases.workflow import CASE, DESKS, CaseKind, CaseStatus
from services.auth.directory.organisations.repository import require_organisation
from shared.addresses import address
from shared.clock import beijing_today
from shared.crypto import Sealed, mask_phone, mask_resident_id
from shared.db.history import RecordType, history_of
from shared.db.types import field_cipher
from shared.errors import Conflict
from shared.events.auth import FormPrepared
from shared.events.log import record
from shared.identity import SYSTEM
from shared.settings import platform_settings
from shared.web.documents import PreparedKind

NOTICE = PreparedKind("appeal_notice", "结果告知书")
RECORD = RecordType("case_notice")
DECIDED = {CaseStatus.APPROVED, CaseStatus.REFUSED, CaseStatus.REVOKED}
_TITLES = {CaseKind.APPEAL: "申诉结果告知书", CaseKind.ENQUIRY: "在线咨询答复告知书"}
_ANSWERED = {CaseStatus.APPROVED: "已答复", CaseStatus.REFUSED: "不予答复"}
# By kind: what follows an approval, and the page where one asks again after a refusal.
_NEXT: dict[CaseKind, tuple[str, str]] = {
    CaseKind.APPEAL: (
        "请打开 {sign_in}，用登录账号和密码登录；忘记密码的，点“忘记账号密码”，用新手机号码重新设置",
        "appeal",
    ),
    CaseKind.CORRECTION: (
        "请打开 {sign_in} 登录，核对单位信息；今后办理各项业务均使用更正后的信用代码",
        "sign-in",
    ),
    CaseKind.CLAIM: (
        "请按短信中的链接设置密码，再打开 {sign_in} 登录，在“注册信息修改”中核对单位信息",
        "claim",
    ),
    CaseKind.PHONE_CHANGE: ("请打开 {sign_in} 登录，登录验证码将发送到新手机号码", "phone-request"),
    CaseKind.ENQUIRY: ("如仍有疑问，可打开 {enquiry} 再次咨询", "enquiry"),
    CaseKind.CREDIT_CODE: ("请用申请时的单位名称和信用代码继续办理注册或账号申请", "numbers"),
    CaseKind.RESIDENT_ID: ("请用申请时的姓名和身份证号继续填写", "numbers"),
}


class NotDecided(Conflict):
    code = "not_decided"
    detail = "该事项尚未办结，还没有结果告知书；办结后会发送短信，届时凭编号在“进度查询”中下载"


class Withdrawn(Conflict):
    code = "case_withdrawn"
    detail = "该事项已由申请人撤回，没有办理结果，也没有结果告知书；如仍需办理请重新申请"


class Fact(BaseModel):
    label: str
    value: str


class PrintedNotice(BaseModel):
    """The content of ``FormPrepared`` of the kind ``appeal_notice``."""

    number: str
    title: str
    blank: bool = False
    kind: str
    organisation_name: str
    credit_code: str
    asked_on: date
    asked: list[Fact]
    decision: str
    granted: bool
    reason: str
    decided_by: str
    decided_on: date
    next_steps: list[str]


def revision_of(case: Case) -> int:
    """A decision is made once, and so is its notice; what takes it back has one of its own."""
    return 2 if case.status is CaseStatus.REVOKED else 1


def title_of(case: Case) -> str:
    """What heads the notice and names its file."""
    return _TITLES.get(case.kind, "办理结果告知书")


async def prepare_notice(session: AsyncSession, case: Case, decided_by: str) -> None:
    """The notice of a case that has just been decided by the body of that name."""
    content = await _printed(session, case, decided_by)
    RECORD.note(session, case.id, "prepare", actor=SYSTEM)
    sealed = Sealed.seal(field_cipher(), content.model_dump_json())
    record(session, FormPrepared(kind=NOTICE.code, source_id=case.id, revision=revision_of(case), content=sealed))
    await session.flush()


async def require_notice(session: AsyncSession, case: Case) -> None:
    """Sees to it that the notice is prepared, also of a case that was decided before there were any. Raises ``NotDecided`` and
    ``Withdrawn``."""
    if case.status not in DECIDED:
        raise NotDecided if case.status is CASE.initial else Withdrawn
    await repository.hold_case(session, case)
    if not await history_of(session, RECORD, case.id):
        by = await repository.body_that_decided(session, case) or DESKS[case.kind].who[case.desk_level]
        await prepare_notice(session, case, by)


async def _printed(session: AsyncSession, case: Case, decided_by: str) -> PrintedNotice:
    assert case.decided_at is not None
    unit, credit_code = await _unit(session, case)
    return PrintedNotice(
        number=case.number,
        title=title_of(case),
        kind=case.kind.label,
        organisation_name=unit,
        credit_code=credit_code,
        asked_on=beijing_today(case.created_at),
        asked=await _asked(session, case),
        decision=_ANSWERED[case.status] if case.kind is CaseKind.ENQUIRY else case.status.label,
        granted=case.status is CaseStatus.APPROVED,
        reason=case.decision_reason or "",
        decided_by=decided_by,
        decided_on=beijing_today(case.decided_at),
        next_steps=await _next_steps(session, case),
    )


async def _unit(session: AsyncSession, case: Case) -> tuple[str, str]:
    """(name, credit code) of the unit that asked: the claimant, who has no record yet; else the unit as it stood when it asked."""
    if case.kind is CaseKind.CLAIM:
        claim = ClaimDetails.model_validate_json(case.details)
        return claim.name, claim.credit_code
    if case.kind is CaseKind.CORRECTION:
        return case.organisation_name, CorrectionDetails.model_validate_json(case.details).old_credit_code
    if case.organisation_id is None:
        return case.organisation_name, ""
    return case.organisation_name, (await require_organisation(session, case.organisation_id)).credit_code


async def _asked(session: AsyncSession, case: Case) -> list[Fact]:
    facts = _DETAILS[case.kind](case) if case.kind in _DETAILS else []
    if case.account_id is not None:
        account = await require_account(session, case.account_id)
        facts.append(Fact(label="登录账号", value=mask_login_name(account.login_name)))
    changes_phone = case.kind in {CaseKind.APPEAL, CaseKind.CLAIM, CaseKind.PHONE_CHANGE}
    facts.append(Fact(label="新手机号码" if changes_phone else "联系电话", value=mask_phone(case.new_phone)))
    return facts


def _correction(case: Case) -> list[Fact]:
    details = CorrectionDetails.model_validate_json(case.details)
    asked = {"更正后的信用代码": details.credit_code, "分支机构编号": details.branch_no, "更正后的名称": details.name}
    return [Fact(label=label, value=value) for label, value in asked.items() if value]


def _claim(case: Case) -> list[Fact]:
    return [Fact(label="认领的信用代码", value=ClaimDetails.model_validate_json(case.details).credit_code)]


def _code(case: Case) -> list[Fact]:
    return [Fact(label="申请核准的信用代码", value=NumberDetails.model_validate_json(case.details).number)]


def _resident_id(case: Case) -> list[Fact]:
    number = NumberDetails.model_validate_json(case.details).number
    return [Fact(label="申请核准的身份证号", value=mask_resident_id(number))]


_DETAILS: dict[CaseKind, Callable[[Case], list[Fact]]] = {
    CaseKind.CORRECTION: _correction,
    CaseKind.CLAIM: _claim,
    CaseKind.CREDIT_CODE: _code,
    CaseKind.RESIDENT_ID: _resident_id,
}


async def _next_steps(session: AsyncSession, case: Case) -> list[str]:
    url, (approved, page) = platform_settings().public_url, _NEXT[case.kind]
    contact = await contact_of(session, case)
    first = approved.format(sign_in=url + address("sign-in"), enquiry=url + address("enquiry"))
    if case.status is not CaseStatus.APPROVED:
        first = f"如仍需办理，请按办理意见补充材料后，打开 {url}{address(page)} 重新提出{case.kind.label}"
    asking = f"对办理结果有疑问的，请联系办理单位{f'（{contact}）' if contact else ''}，或打开 {url}{address('enquiry')} 在线咨询"
    return [f"{first}。", f"{asking}。", f"办理情况可打开 {url}{address('track')}，凭编号 {case.number} 查询。"]
