"""Filing a case, kind by kind: who it is about, what proves it, and that nobody files the same twice. All but the correction are filed
by people without an account, with a proof and, where the outcome hangs on a phone, a code from that phone (AUTH-20, AUTH-26).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.contacts import body_at_desk
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.repository import require_account
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import use_proof
from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import use_code
from services.auth.access.sessions.refusals import WrongCredentials
from services.auth.access.sessions.service import Proven
from services.auth.access.sessions.sign_in import prove_password
from services.auth.desks.cases import lookups, repository, schemas, warnings
from services.auth.desks.cases.code_outcomes import NothingToHandOver, OtherAccounts, to_hand_over
from services.auth.desks.cases.kinds import KINDS
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.reading import SUBMIT, progress_of
from services.auth.desks.cases.service import claim_evidence, key_owner, new_key
from services.auth.desks.cases.workflow import CASE, DESKS, SIDE_BY_SIDE, CaseKind, case_submitted
from services.auth.directory.accepted import service as accepted
from services.auth.directory.accepted.service import CODE_MISSES
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.repository import get_by_code
from services.auth.directory.organisations.repository import require_organisation as organisation_of
from services.auth.directory.organisations.service import CreditCodeTaken
from services.auth.visitors import visitor
from shared.clock import beijing_today, now_utc
from shared.db.violations import refused_as
from shared.errors import AppError, Conflict, InvalidInput
from shared.events.log import record
from shared.fields import uscc_misses_check
from shared.identifiers import new_id, new_number
from shared.identity import Actor
from shared.roles import Level
from shared.runtime import Runtime
from shared.web.callers import token_hash
from shared.web.once import Once

NUMBER_PREFIX = "BL"
NOBODYS_DESK = "该单位所在地区没有可以办理{kind}的机构，提交后将无人受理；请核对单位和地区，或先与所在省的主管部门联系"
UNCONFIRMED = "统一社会信用代码校验位不符，请对照营业执照核对；执照上确为此代码的，请勾选“执照上的代码校验位确实不符”，凭扫描件核准"
# The field at which whoever files is told that nobody would have it.
_PLACES = {
    CaseKind.APPEAL: "credit_code",
    CaseKind.CORRECTION: "credit_code",
    CaseKind.CLAIM: "credit_code",
    CaseKind.PHONE_CHANGE: "account",
    CaseKind.ENQUIRY: "region_code",
    CaseKind.CREDIT_CODE: "region_code",
    CaseKind.RESIDENT_ID: "region_code",
}


class CaseOpen(Conflict):
    code = "case_open"

    def __init__(self, kind: CaseKind) -> None:
        super().__init__(f"已有一件“{kind.label}”正在办理，请等待结果；如需更改，请凭原编号撤回后重新申请")


class NotClaimable(Conflict):
    """To the claimant, who cannot clear the way; the reviewer is told what stands in it."""

    code = "not_claimable"
    detail = "该代码的注册信息不能直接认领，请携带营业执照联系所在地市疾控中心账号管理人员办理"


class CodeTakenClaim(CreditCodeTaken):
    detail = "该统一社会信用代码已有其他单位使用；确属本单位的，请改为申请信用代码认领"


@dataclass(frozen=True)
class Applicant:
    """Who files, and from where. ``key`` is what the uploaded files were stored under; None when there are none."""

    address: str
    key: str | None


async def file_appeal(session: AsyncSession, *, body: schemas.AppealCreate, applicant: Applicant) -> schemas.CaseFiled:
    """账号申诉 (AUTH-26). Raises the refusals of proof and code, NotRegistered, NoAccount, CaseOpen, and InvalidInput where one of
    several units or accounts has to be chosen (X22)."""
    await use_proof(session, body.proof, Action.CASE)
    await use_code(session, purpose=Purpose.CASE, phone=body.phone, code=body.code, address=applicant.address)
    unit = await lookups.chosen_unit(session, body)
    account = await lookups.chosen_account(session, unit, body)
    case = _new_case(CaseKind.APPEAL, unit, account=account, phone=body.phone, name=body.applicant_name)
    case.reason = body.reason
    return await put_up(session, case, body.attachments, applicant)


async def file_correction(session: AsyncSession, *, actor: Actor, body: schemas.CorrectionCreate) -> schemas.CaseFiled:
    """信用代码更正 (ORG-08), by the enterprise itself. Raises InvalidInput, CodeTakenClaim, CaseOpen."""
    unit = await organisation_of(session, actor.organisation_id)
    if uscc_misses_check(body.credit_code) and not body.check_digit_confirmed:
        raise lookups.invalid("credit_code", CODE_MISSES.code, UNCONFIRMED)
    if (unit.credit_code, unit.branch_no) == (body.credit_code, body.branch_no):
        raise lookups.invalid("credit_code", "same_code", "与现有的信用代码相同，无需更正")
    if body.branch_no and await get_by_code(session, body.credit_code, "") is None:
        raise lookups.invalid("branch_no", "head_office_unknown", "该代码的总机构尚未注册，请总机构先行注册")
    if await get_by_code(session, body.credit_code, body.branch_no):
        raise CodeTakenClaim
    account = await require_account(session, actor.account_id)
    case = _new_case(CaseKind.CORRECTION, unit, phone=account.phone, name=account.person_name)
    case.reason = body.reason
    case.details = schemas.CorrectionDetails(
        credit_code=body.credit_code, branch_no=body.branch_no, name=body.name, old_credit_code=unit.credit_code
    ).model_dump_json()
    return await put_up(session, case, body.attachments, Applicant(actor.address, None), actor)


async def file_claim(session: AsyncSession, *, body: schemas.ClaimCreate, applicant: Applicant) -> schemas.CaseFiled:
    """信用代码认领 (ORG-10, BEY-13): by whom the code belongs to, decided where the holder's record is. Raises the refusals of proof
    and code, NotRegistered, NotClaimable, CaseOpen, InvalidInput for a region where no unit can lie."""
    await use_proof(session, body.proof, Action.CASE)
    await use_code(session, purpose=Purpose.CASE, phone=body.phone, code=body.code, address=applicant.address)
    await check_region(session, body.region_code, leaf=True)
    holder = await get_by_code(session, body.credit_code, "")
    if holder is None and (problem := await accepted.code_problem(session, body.credit_code, body.name)):
        raise InvalidInput(errors=[problem])
    if holder is None or holder.level is not Level.UNIT:
        raise lookups.NotRegistered(lookups.ASK_SUPERIOR.advice if holder else None)
    try:
        to_hand_over(await repository.accounts_of(session, [holder.id]))
    except (OtherAccounts, NothingToHandOver) as error:
        raise NotClaimable from error
    case = _new_case(CaseKind.CLAIM, holder, phone=body.phone, name=body.applicant_name)
    case.reason = body.reason
    kept = body.model_dump(include=set(schemas.ClaimDetails.model_fields))
    case.details = schemas.ClaimDetails(**kept).model_dump_json()
    return await put_up(session, case, body.attachments, applicant)


async def file_phone_change(
    runtime: Runtime, *, body: schemas.PhoneChangeCreate, applicant: Applicant, once: Once
) -> schemas.CaseFiled:
    """手机号更换 when the old phone is lost (AUTH-20, FAQ-D17). Raises what ``prove_password`` raises, the refusals of a code,
    CaseOpen. No unit of work is open while the password is checked; a wrong code stays counted."""
    proven = await prove_password(
        runtime,
        account=body.account,
        password=body.password.get_secret_value(),
        proof=body.proof,
        action=Action.CASE,
        address=applicant.address,
    )
    async with runtime.database.unit_of_work() as session:
        try:
            filed = await _file_proven(session, proven, body, applicant)
            await once.keep(session, filed, f"/api/auth/cases/by-number/{filed.number}")
            return filed
        except AppError as error:
            if not error.keeps:
                raise
            refusal = error
    raise refusal


async def _file_proven(
    session: AsyncSession, proven: Proven, body: schemas.PhoneChangeCreate, applicant: Applicant
) -> schemas.CaseFiled:
    account = await require_account(session, proven.account_id)
    if account.password_hash != proven.verified_hash:
        raise WrongCredentials
    await use_code(session, purpose=Purpose.CASE, phone=body.phone, code=body.code, address=applicant.address)
    if account.phone == body.phone:
        raise lookups.invalid("phone", "same_phone", "与账号现有的手机号码相同，无需更换")
    unit = account.organisation
    case = _new_case(CaseKind.PHONE_CHANGE, unit, account=account, phone=body.phone, name=account.person_name)
    case.reason = body.reason
    return await put_up(session, case, body.attachments, applicant)


async def file_enquiry(
    session: AsyncSession, *, body: schemas.EnquiryCreate, applicant: Applicant
) -> schemas.CaseFiled:
    """在线咨询 (AUTH-30): a question, answered under its number and by SMS. Raises the refusals of a proof, InvalidInput."""
    await use_proof(session, body.proof, Action.CASE)
    await check_region(session, body.region_code, leaf=False)
    case = begun(CaseKind.ENQUIRY, Level.UNIT, body.region_code, phone=body.phone, name=body.applicant_name)
    case.organisation_name, case.reason = body.organisation_name, body.question
    return await put_up(session, case, [], applicant)


async def check_region(session: AsyncSession, code: str, *, leaf: bool) -> None:
    """Raises InvalidInput for a region that is none today, or where no unit can lie (``leaf``)."""
    region = await repository.get_region(session, code, beijing_today(now_utc()))
    if region is None:
        raise lookups.invalid("region_code", "unknown_region", "没有这个地区，请重新选择")
    if leaf and await repository.has_below(session, region):
        raise lookups.invalid("region_code", "not_a_county", "请选择到区县")


def _new_case(kind: CaseKind, unit: Organisation, *, phone: str, name: str, account: Account | None = None) -> Case:
    case = begun(kind, unit.level, unit.region_code, phone=phone, name=name)
    case.organisation_id, case.organisation_name = unit.id, unit.name
    case.account_id = account.id if account else None
    return case


def begun(kind: CaseKind, level: Level, region_code: str, *, phone: str, name: str) -> Case:
    """A case of somebody in this region, which is not put up yet."""
    lowest = KINDS[kind].decided_at(level, region_code)
    return Case(
        id=new_id(),
        number=new_number(NUMBER_PREFIX),
        kind=kind,
        status=CASE.initial,
        region_code=region_code,
        level=lowest,
        told_level=lowest,
        organisation_name="",
        applicant_name=name,
        new_phone=phone,
        details="{}",
    )


def _is_same(case: Case, other: Case) -> bool:
    """Whether one of the two is enough. Appeals and claims of several people stand side by side: one of them may be a stranger's."""
    if case.kind in SIDE_BY_SIDE and case.new_phone != other.new_phone:
        return False
    return case.account_id == other.account_id


async def put_up(
    session: AsyncSession, case: Case, attachments: list[UUID], applicant: Applicant, actor: Actor | None = None
) -> schemas.CaseFiled:
    """The case lies on its desk from now on. ``actor`` is set when somebody signed in files; otherwise the files are those of the
    applicant's key. Raises CaseOpen, and InvalidInput where nobody would have it."""
    if await body_at_desk(session, DESKS[case.kind].rights, case.region_code, case.level) is None:
        raise lookups.invalid(_PLACES[case.kind], "no_desk", NOBODYS_DESK.format(kind=case.kind.label))
    if any(_is_same(case, other) for other in await repository.open_beside(session, case, case.kind)):
        raise CaseOpen(case.kind)
    key = applicant.key or new_key()
    case.key_hash = token_hash(key)
    session.add(case)
    with refused_as(lambda _: CaseOpen(case.kind)):
        await session.flush()
    await session.refresh(case, ["desk_level"])
    case.told_level = case.desk_level
    await claim_evidence(session, case, attachments, actor or key_owner(key, applicant.address))
    CASE.note(
        session,
        case.id,
        SUBMIT,
        actor=actor or visitor(case.applicant_name, case.id, applicant.address),
        after={"kind": case.kind.value, "status": case.status.value},
    )
    record(session, case_submitted(case))
    await warnings.tell_filed(session, case)
    await session.flush()
    progress = await progress_of(session, case)
    return schemas.CaseFiled(**progress.model_dump(), id=case.id, key=key)
