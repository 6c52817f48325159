"""Filing 信用代码核准 and 身份证号核准 (STAFF-15): a number that is right but for its last place, with a scan of the document that
bears it. Anybody files, because it is asked for before there is an account; a unit files for its people signed in.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.repository import require_account
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import use_proof
from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import use_code
from services.auth.desks.cases import schemas
from services.auth.desks.cases.filing import Applicant, begun, check_region, put_up
from services.auth.desks.cases.lookups import invalid
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.number_outcomes import KINDS
from services.auth.desks.cases.workflow import CaseKind
from services.auth.directory.accepted import service as accepted
from services.auth.directory.accepted.models import NumberKind
from shared.fields import resident_id_misses_check, uscc_misses_check
from shared.identity import Actor
from shared.roles import Level

_MISSES = {NumberKind.CREDIT_CODE: uscc_misses_check, NumberKind.RESIDENT_ID: resident_id_misses_check}


async def file_code(session: AsyncSession, *, body: schemas.CodeCaseCreate, applicant: Applicant) -> schemas.CaseFiled:
    """信用代码核准, decided by the county's commission. Raises the refusals of proof and code, InvalidInput for a code that needs no
    decision or a region where no unit can lie."""
    await use_proof(session, body.proof, Action.CASE)
    await use_code(session, purpose=Purpose.CASE, phone=body.phone, code=body.code, address=applicant.address)
    await check_region(session, body.region_code, leaf=True)
    case = begun(CaseKind.CREDIT_CODE, Level.UNIT, body.region_code, phone=body.phone, name=body.applicant_name)
    case.organisation_name = body.name
    await _ask_for(session, case, body.credit_code, body.name, body.reason)
    return await put_up(session, case, body.attachments, applicant)


async def file_id(session: AsyncSession, *, body: schemas.IdCaseCreate, applicant: Applicant) -> schemas.CaseFiled:
    """身份证号核准, decided by the province. Raises the same."""
    await use_proof(session, body.proof, Action.CASE)
    await use_code(session, purpose=Purpose.CASE, phone=body.phone, code=body.code, address=applicant.address)
    await check_region(session, body.region_code, leaf=False)
    case = begun(CaseKind.RESIDENT_ID, Level.UNIT, body.region_code, phone=body.phone, name=body.name)
    case.organisation_name = body.organisation_name
    await _ask_for(session, case, body.resident_id, body.name, body.reason)
    return await put_up(session, case, body.attachments, applicant)


async def file_own_id(session: AsyncSession, *, actor: Actor, body: schemas.OwnIdCaseCreate) -> schemas.CaseFiled:
    """身份证号核准 by a unit for one of its people; what is decided is told to the phone of the account that files."""
    account = await require_account(session, actor.account_id)
    region = account.organisation.region_code
    case = begun(CaseKind.RESIDENT_ID, Level.UNIT, region, phone=account.phone, name=account.person_name)
    case.organisation_name = account.organisation.name
    await _ask_for(session, case, body.resident_id, body.name, body.reason)
    return await put_up(session, case, body.attachments, Applicant(actor.address, None), actor)


async def _ask_for(session: AsyncSession, case: Case, number: str, name: str, reason: str) -> None:
    kind = KINDS[case.kind]
    if not _MISSES[kind](number):
        raise invalid(kind.value, "check_digit_right", f"该{kind.label}校验位正确，无需核准，请直接填写")
    if await accepted.is_accepted(session, kind, number, name):
        raise invalid(kind.value, "number_accepted", f"该{kind.label}已经核准，请直接填写")
    case.reason = reason
    case.details = schemas.NumberDetails(number=number, name=name).model_dump_json()
