"""What the approval of a correction or a claim does to the record of a credit code (ORG-08, ORG-10, BEY-13), and the words for it. A
refusal in here (a code taken meanwhile) takes everything back, as in ``outcomes``.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.service import give_to, set_phone
from services.auth.access.accounts.workflow import ACCOUNT
from services.auth.access.activations.service import reset_password
from services.auth.desks.cases import repository
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.outcomes import RecordChanged, refuse_handed_over, tell
from services.auth.desks.cases.schemas import ClaimDetails, CorrectionDetails
from services.auth.directory.accepted import service as accepted
from services.auth.directory.accepted.models import NumberKind
from services.auth.directory.organisations.codes import NewCode, change_code, hand_over
from services.auth.directory.organisations.repository import get_by_code
from services.auth.directory.organisations.repository import require_for_change as hold_organisation
from services.auth.directory.organisations.service import CreditCodeTaken
from shared.crypto import mask_phone
from shared.errors import Conflict
from shared.fields import uscc_misses_check
from shared.identity import Actor
from shared.roles import Portal
from shared.workflow.definition import ActionBody


class NewCodeTaken(CreditCodeTaken):
    detail = "更正后的信用代码已有单位使用，不能通过；请核对营业执照后办理“不通过”，由申请单位改为申请信用代码认领"


class HeadOfficeUnknown(Conflict):
    code = "head_office_unknown"
    detail = "该信用代码的总机构尚未注册，分支机构须在总机构注册后使用其代码"


class OtherAccounts(Conflict):
    code = "other_accounts"
    detail = "该单位另有正常使用的培训系统账号，不能一并转移；请先联系地市疾控中心账号管理人员停用该账号，再办理通过"


class NothingToHandOver(Conflict):
    code = "nothing_to_hand_over"
    detail = "该单位没有可以转移的企业账号，不能认领；请联系所在地市疾控中心账号管理人员"


async def correct_code(session: AsyncSession, case: Case, actor: Actor, _body: ActionBody) -> None:
    """信用代码更正 (ORG-08, FAQ-D3). Branches that share the wrong code get the right one, too."""
    details = CorrectionDetails.model_validate_json(case.details)
    assert case.organisation_id is not None
    organisation = await hold_organisation(session, case.organisation_id)
    await refuse_handed_over(session, case)
    if organisation.credit_code != details.old_credit_code:
        raise RecordChanged
    head = await get_by_code(session, details.credit_code, "") if details.branch_no else None
    if details.branch_no and head is None:
        raise HeadOfficeUnknown
    branches = [] if head else await repository.branches_for_change(session, organisation)
    to = NewCode(details.credit_code, details.branch_no, head.id if head else None, details.name)
    reason = f"{case.kind.label}审核通过"
    try:
        await change_code(session, actor=actor, organisation=organisation, branches=branches, to=to, reason=reason)
    except CreditCodeTaken as error:
        raise NewCodeTaken from error
    if uscc_misses_check(details.credit_code):
        name = details.name or organisation.name
        kind = NumberKind.CREDIT_CODE
        await accepted.accept(session, kind=kind, number=details.credit_code, name=name, case_id=case.id)
    tell(session, case, f"贵单位的统一社会信用代码已由 {details.old_credit_code} 更正为 {details.credit_code}。")


async def describe_correction(session: AsyncSession, case: Case) -> str:
    """The codes before and after."""
    details = CorrectionDetails.model_validate_json(case.details)
    branch = f"（分支机构编号 {details.branch_no}）" if details.branch_no else ""
    name = f"，单位名称改为“{details.name}”" if details.name else ""
    change = f"统一社会信用代码由 {details.old_credit_code} 改为 {details.credit_code}{branch}{name}"
    misses = "（校验位与国家标准不符，请与执照逐位核对）" if uscc_misses_check(details.credit_code) else ""
    return f"{case.organisation_name}的{change}{misses}；共用原代码的分支机构一并更改"


async def take_over(session: AsyncSession, case: Case, actor: Actor, _body: ActionBody) -> None:
    """信用代码认领 (ORG-10, BEY-13, FAQ-D10): the claimant gets the record and its accounts, the former holder a word on what to do."""
    details = ClaimDetails.model_validate_json(case.details)
    assert case.organisation_id is not None
    organisation = await hold_organisation(session, case.organisation_id)
    if (organisation.credit_code, organisation.branch_no) != (details.credit_code, ""):
        raise RecordChanged
    accounts = await repository.accounts_for_change(session, organisation.id)
    taken = to_hand_over(accounts)
    await hand_over(
        session,
        actor=actor,
        organisation=organisation,
        news=_news(details, case),
        reason=f"{case.kind.label}审核通过",
    )
    for phone in {account.phone for account in taken} - {case.new_phone}:
        tell(session, case, _to_former_holder(details, actor), phone=phone)
    for account in taken:
        await _take_account(session, case, account, actor)
    names = "、".join(account.login_name for account in taken)
    words = (
        f"贵单位认领信用代码 {details.credit_code} 的申请已通过，原账号 {names} 已转给贵单位。"
        "请按另一条短信中的链接设置密码，登录后在“注册信息修改”中核对单位信息。"
    )
    tell(session, case, words)


def to_hand_over(accounts: Sequence[Account]) -> Sequence[Account]:
    """The accounts that go with the record: the enterprise's, all of them. Raises OtherAccounts, NothingToHandOver."""
    if any(each.portal is not Portal.ENTERPRISE and each.status.is_usable for each in accounts):
        raise OtherAccounts
    taken = [each for each in accounts if each.portal is Portal.ENTERPRISE]
    if not taken:
        raise NothingToHandOver
    return taken


def _news(details: ClaimDetails, case: Case) -> dict[str, str | None]:
    return {
        "name": details.name,
        "short_name": details.name[:50],
        "region_code": details.region_code,
        "address": details.address,
        "legal_representative": details.legal_representative,
        "contact_name": case.applicant_name,
        "contact_phone": case.new_phone,
        "head_office_id": None,
    }


async def _take_account(session: AsyncSession, case: Case, account: Account, actor: Actor) -> None:
    """Nothing of its former holder opens it any more: phone, e-mail, password, sessions."""
    give_to(account, case.applicant_name)
    await set_phone(session, actor=actor, account=account, phone=case.new_phone, reason=f"{case.kind.label}审核通过")
    await reset_password(session, account, actor)
    ACCOUNT.note(session, account.id, "take_over", actor=actor)
    await session.flush()


def _to_former_holder(details: ClaimDetails, actor: Actor) -> str:
    return (
        f"贵单位注册时使用的统一社会信用代码 {details.credit_code} 经{actor.organisation_name}审核属于{details.name}，"
        f"该注册信息和账号已转给其使用。请贵单位重新注册，“是否分支机构”选“是”，"
        f"没有独立代码的填写 {details.credit_code}，有独立代码的填写本单位代码。"
    )


async def describe_claim(session: AsyncSession, case: Case) -> str:
    """What goes to whom, and what the former holder is told."""
    details = ClaimDetails.model_validate_json(case.details)
    return (
        f"{case.organisation_name}名下信用代码 {details.credit_code} 的注册信息和企业账号转给“{details.name}”，"
        f"账号的手机号码改为 {mask_phone(case.new_phone)} 并重设密码，已有申报记录随之保留；短信告知原单位重新注册为分支机构"
    )
