"""Enterprise sign-up (AUTH-22…24, ORG-07, ORG-09, X22): which place a unit gets, its old account, the opening of
the employer with its first account. What is wrong is told for all fields at once (FAQ-D11); what is known of login names and of old
accounts only to whoever has proved the phone.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.contacts import body_at_desk, name_and_phone
from services.auth.access.accounts.desk_models import REVIEWERS
from services.auth.access.accounts.repository import get_by_login_name
from services.auth.access.accounts.schemas import AccountOpen
from services.auth.access.accounts.service import open_account
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import use_proof
from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import (
    CodeSent,
    NoCode,
    WrongCode,
    check_code,
    give_back,
    request_code,
    spend_checked,
)
from services.auth.desks.enterprises import repository
from services.auth.desks.enterprises.refusals import (
    JOINING,
    LOGIN_NAME_TAKEN,
    MISMATCH,
    NO_SUCH_REGION,
    NOBODYS_REGION,
    OLD_ACCOUNTS,
    WAYS,
    CreditCodeInUse,
    HeadOfficeMissing,
    LegacyMismatch,
    SignUpCodeRefused,
)
from services.auth.desks.enterprises.schemas import (
    CodeRequest,
    EnterpriseOpened,
    EnterpriseSignUp,
    LegacyBasics,
    LegacyMatch,
)
from services.auth.directory.accepted import service as accepted
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.repository import get_by_code
from services.auth.directory.organisations.schemas import OrganisationOpen
from services.auth.directory.organisations.service import open_organisation
from services.auth.directory.organisations.workflow import ORGANISATION, OrganisationKind
from services.auth.directory.registry.models import LegacyAccount
from services.auth.directory.registry.service import match_legacy_account
from services.auth.settings import auth_settings
from services.auth.visitors import visitor
from shared.clock import beijing_today, now_utc, years_after
from shared.crypto import mask_phone
from shared.db.violations import refused_as
from shared.errors import AppError, FieldError, InvalidInput
from shared.events.auth import LegacyAccountMatched
from shared.events.log import record
from shared.identifiers import new_id
from shared.roles import Grant, Level, Portal

IMPORTED: Final = ("region_code", "address", "legal_representative", "contact_name")


@dataclass(frozen=True)
class Seat:
    """Where a unit would stand in the directory: its number under a code, and the head office whose code it is."""

    branch_no: str = ""
    head_office: Organisation | None = None


async def seat_of(session: AsyncSession, *, credit_code: str, shares_code: bool) -> Seat:
    """The place for a unit with this code. Raises CreditCodeInUse, and HeadOfficeMissing for a branch without a code of its own whose
    head office has not signed up (ORG-09)."""
    holder = await get_by_code(session, credit_code, "")
    if not shares_code:
        if holder is not None:
            joins = holder.level is Level.UNIT and not await repository.declares(session, holder.id)
            raise CreditCodeInUse(ways=JOINING if joins else WAYS)
        return Seat()
    if holder is None or holder.level is not Level.UNIT:
        raise HeadOfficeMissing
    return Seat(await repository.next_branch_no(session, credit_code), holder)


async def send_code(session: AsyncSession, *, body: CodeRequest, address: str) -> CodeSent:
    """An SMS code for signing up; whether the phone has an account already changes nothing (X18)."""
    await use_proof(session, body.proof, Action.SIGN_UP)
    return await request_code(session, purpose=Purpose.SIGN_UP, phone=body.phone, address=address)


async def show_legacy_basics(session: AsyncSession, *, body: LegacyMatch) -> LegacyBasics:
    """What could be taken over from the old account. Raises LegacyMismatch (AUTH-23)."""
    await use_proof(session, body.proof, Action.LOOKUP)
    found = await match_legacy_account(session, name=body.legacy_account, credit_code=body.credit_code)
    if found is None and (unproven := await accepted.code_problem(session, body.credit_code, "")):
        raise InvalidInput(errors=[unproven])
    if found is None:
        raise LegacyMismatch
    return LegacyBasics(
        company_name=found.company_name,
        region_code=found.region_code,
        address=found.address,
        postcode=found.postcode,
        legal_representative=found.legal_representative,
        contact_name=found.contact_name,
        contact_phone=mask_phone(found.contact_phone) if found.contact_phone else None,
        notice=OLD_ACCOUNTS,
    )


async def refusal_of(
    session: AsyncSession, body: EnterpriseSignUp, address: str, *, registered: bool
) -> AppError | UUID:
    """Everything that keeps this unit from signing up (``registered``: a registry elsewhere knows its code), as one refusal; the SMS code,
    which is right, when nothing does. Whoever has not proved the phone learns nothing of the directory, and a guess at an old account uses
    up a try of the code."""
    seat_refusal: CreditCodeInUse | HeadOfficeMissing | None = None
    try:
        await seat_of(session, credit_code=body.credit_code, shares_code=body.shares_code)
    except (CreditCodeInUse, HeadOfficeMissing) as refusal:
        seat_refusal = refusal
    public = await _region_problems(session, body.region_code)
    if not registered and (unproven := await accepted.code_problem(session, body.credit_code, body.name)):
        public = [unproven, *public]
    try:
        code = await check_code(session, purpose=Purpose.SIGN_UP, phone=body.phone, code=body.code, address=address)
    except (WrongCode, NoCode) as refusal:
        return SignUpCodeRefused(errors=[*public, *refusal.errors])
    problems = [*public, *await _private_problems(session, body)]
    if MISMATCH in problems:
        return LegacyMismatch(problems, seat_refusal)
    if seat_refusal is not None:
        return seat_refusal.also(problems)
    if problems:
        return InvalidInput(errors=problems)
    give_back(code, address)  # another may still be faster with the login name or the unit's code
    return code.id


async def _region_problems(session: AsyncSession, code: str) -> list[FieldError]:
    today = beijing_today(now_utc())
    if not code:
        return []
    if not await repository.is_region_of_units(session, code, today):
        return [NO_SUCH_REGION]
    return [] if await body_at_desk(session, REVIEWERS, code) else [NOBODYS_REGION]


async def _private_problems(session: AsyncSession, body: EnterpriseSignUp) -> list[FieldError]:
    problems = [LOGIN_NAME_TAKEN] if await get_by_login_name(session, body.login_name) else []
    legacy = await _legacy_of(session, body)
    if body.legacy_account and legacy is None:
        return [*problems, MISMATCH]
    basics = _basics(body, legacy)
    problems += [FieldError(name, "text_blank", "请填写此项") for name, value in basics.items() if not value]
    return [*problems, *(await _region_problems(session, basics["region_code"]) if not body.region_code else [])]


async def _legacy_of(session: AsyncSession, body: EnterpriseSignUp) -> LegacyAccount | None:
    if not body.legacy_account:
        return None
    return await match_legacy_account(session, name=body.legacy_account, credit_code=body.credit_code)


def _basics(body: EnterpriseSignUp, legacy: LegacyAccount | None) -> dict[str, str]:
    """What was typed; where nothing was, what the old system knew."""
    return {name: getattr(body, name) or (getattr(legacy, name) if legacy else "") for name in IMPORTED}


async def open_enterprise(
    session: AsyncSession, *, body: EnterpriseSignUp, code: UUID, password_hash: str, address: str
) -> EnterpriseOpened:
    """The employer and its first account; the code is spent with it, and stays good when another was faster: CreditCodeInUse,
    HeadOfficeMissing, LoginNameTaken. Raises NoCode when it was used since."""
    await spend_checked(session, code)
    await repository.hold_code(session, body.credit_code)
    seat = await seat_of(session, credit_code=body.credit_code, shares_code=body.shares_code)
    legacy = await _legacy_of(session, body)
    basics = _basics(body, legacy)
    organisation_id = new_id()
    actor = visitor(basics["contact_name"], organisation_id, address)
    unit = _organisation(body, seat, basics, legacy)
    with refused_as(lambda _: CreditCodeInUse()):  # opened in another way than by signing up, in this very moment
        organisation = await open_organisation(session, actor=actor, body=unit, organisation_id=organisation_id)
    opened = _account(body, basics["contact_name"], password_hash)
    account = await open_account(session, actor=actor, organisation=organisation, body=opened)
    imported = [name for name in IMPORTED if legacy and not getattr(body, name)]
    if legacy is not None:
        ORGANISATION.note(
            session,
            organisation.id,
            "import_legacy",
            actor=actor,
            after={"legacy_account": legacy.name, "imported": imported},
        )
        record(session, LegacyAccountMatched(organisation_id=organisation.id, legacy_account=legacy.name))
    return EnterpriseOpened(
        organisation_id=organisation.id,
        account_id=account.id,
        login_name=account.login_name,
        name=organisation.name,
        credit_code=organisation.credit_code,
        branch_no=organisation.branch_no,
        valid_until=account.valid_until,
        imported=imported,
        message=f"注册成功，请用登录账号 {account.login_name} 登录{await _reviewer(session, organisation.region_code)}",
    )


async def _reviewer(session: AsyncSession, region_code: str) -> str:
    contact = name_and_phone(await body_at_desk(session, REVIEWERS, region_code))
    return f"；本单位的申报由{contact}审核" if contact else ""


def _organisation(
    body: EnterpriseSignUp, seat: Seat, basics: dict[str, str], legacy: LegacyAccount | None
) -> OrganisationOpen:
    values: dict[str, object] = {
        **basics,
        "name": body.name,
        "short_name": body.short_name or body.name[:50],
        "credit_code": body.credit_code,
        "branch_no": seat.branch_no,
        "head_office_id": seat.head_office.id if seat.head_office else None,
        "level": Level.UNIT,
        "kinds": (OrganisationKind.EMPLOYER,),
        "postcode": (legacy.postcode if legacy else "") or None,
        "contact_phone": body.phone,
    }
    return OrganisationOpen(**values)


def _account(body: EnterpriseSignUp, contact_name: str, password_hash: str) -> AccountOpen:
    today = beijing_today(now_utc())
    return AccountOpen(
        login_name=body.login_name,
        person_name=contact_name,
        phone=body.phone,
        email=body.email or None,
        portal=Portal.ENTERPRISE,
        grants=frozenset({Grant.HAZARD_DECLARATION}),
        password_hash=password_hash,
        valid_from=today,
        valid_until=years_after(today, auth_settings().enterprise_years),
    )
