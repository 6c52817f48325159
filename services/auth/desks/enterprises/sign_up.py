"""The steps of signing up that take units of work of their own: a wrong SMS code stays counted although the answer is a refusal, and
no connection is held while argon2id works or the registry is asked.
"""

from services.auth.access.accounts.passwords import hash_password
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import use_proof
from services.auth.access.sessions.sign_in import check_own_password
from services.auth.desks.enterprises.joining import open_beside
from services.auth.desks.enterprises.refusals import ACCEPT, OLD_ACCOUNTS, CreditCodeInUse, HeadOfficeMissing
from services.auth.desks.enterprises.schemas import (
    DeclarationAccountCreate,
    DeclarationAccountOpened,
    EnterpriseCheck,
    EnterpriseChecked,
    EnterpriseOpened,
    EnterpriseSignUp,
)
from services.auth.desks.enterprises.service import Seat, open_enterprise, refusal_of, seat_of
from services.auth.directory.accepted import service as accepted
from services.auth.directory.registry.limits import count_lookup
from services.auth.directory.registry.service import registered_name
from shared.errors import AppError, Forbidden, InvalidInput
from shared.fields import uscc_misses_check
from shared.identity import Actor
from shared.reference.pinyin import same_name
from shared.roles import Portal
from shared.runtime import Runtime
from shared.web.once import Once


async def check_enterprise(runtime: Runtime, *, body: EnterpriseCheck, address: str) -> EnterpriseChecked:
    """What the wizard shows beside the code while it is filled in (FAQ-D3, FAQ-D9): whether it is registered is told for a proof. Raises
    TooManyLookups, the refusals of a proof, and InvalidInput with the way on for a code that misses its check digit (STAFF-15)."""
    await count_lookup(runtime.redis, address)
    seat, refusal = Seat(), None
    async with runtime.database.unit_of_work() as session:
        await use_proof(session, body.proof, Action.LOOKUP)
        try:
            seat = await seat_of(session, credit_code=body.credit_code, shares_code=body.shares_code)
        except (CreditCodeInUse, HeadOfficeMissing) as error:
            refusal = error
        unproven = await accepted.code_problem(session, body.credit_code, body.name)
    known = await registered_name(runtime, body.credit_code)
    if unproven and known is None:
        raise InvalidInput(errors=[unproven], extra={"ways": [ACCEPT.model_dump()]})
    return EnterpriseChecked(
        available=refusal is None,
        code=refusal.code if refusal else None,
        message=refusal.detail if refusal else None,
        ways=list(refusal.ways) if isinstance(refusal, CreditCodeInUse) else [],
        branch_no=seat.branch_no,
        head_office_name=seat.head_office.name if seat.head_office else None,
        registered_name=known,
        warning=_warning(body, known),
        notice=OLD_ACCOUNTS,
    )


def _warning(body: EnterpriseCheck, known: str | None) -> str | None:
    if known is None or not body.name or body.shares_code or same_name(known, body.name):
        return None
    return f"该代码在工商登记中的单位名称为“{known}”，与填写的不一致，请对照营业执照核对名称和代码"


async def is_code_known(runtime: Runtime, credit_code: str) -> bool:
    """Whether this code, which misses its check digit, may be right all the same (STAFF-15)."""
    async with runtime.database.unit_of_work() as session:
        known = await accepted.is_code_known(session, credit_code)
    return known or await registered_name(runtime, credit_code) is not None


def address_of(opened: EnterpriseOpened) -> str:
    """Where the account is found."""
    return f"/api/auth/accounts/{opened.account_id}"


async def sign_up(runtime: Runtime, *, body: EnterpriseSignUp, address: str, once: Once) -> EnterpriseOpened:
    """The employer with its first account (AUTH-22); its answer is kept under the request's key (PLAT-03). Raises TooManyLookups,
    SignUpCodeRefused, InvalidInput with everything that is wrong (FAQ-D11), CreditCodeInUse with the ways on, HeadOfficeMissing."""
    await count_lookup(runtime.redis, address)
    misses = uscc_misses_check(body.credit_code)
    registered = misses and await registered_name(runtime, body.credit_code) is not None
    async with runtime.database.unit_of_work() as session:
        found = await refusal_of(session, body, address, registered=registered)
        if isinstance(found, AppError) and not found.keeps:
            raise found  # a right code is not counted as a try
    if isinstance(found, AppError):
        raise found
    password_hash = await hash_password(body.password.get_secret_value())
    async with runtime.database.unit_of_work() as session:
        opened = await open_enterprise(session, body=body, code=found, password_hash=password_hash, address=address)
        await once.keep(session, opened, address_of(opened))
    return opened


async def open_declaration_account(
    runtime: Runtime, *, actor: Actor, body: DeclarationAccountCreate
) -> DeclarationAccountOpened:
    """The unit's declaration account, at the phone of the account that is signed in. Raises Forbidden for whoever is no training unit's,
    what ``check_own_password`` raises, DeclaresAlready, LoginNameTaken; no connection is held while passwords are worked on."""
    if actor.portal is not Portal.TRAINING:
        raise Forbidden("只有培训系统的单位账号可以为本单位开通申报账号")
    own = await check_own_password(
        runtime, actor=actor, password=body.own_password.get_secret_value(), field="own_password"
    )
    hashed = await hash_password(body.password.get_secret_value())
    async with runtime.database.unit_of_work() as session:
        opened = await open_beside(session, actor, own, body, hashed)
    return DeclarationAccountOpened(
        account_id=opened.id,
        login_name=opened.login_name,
        message=f"申报账号 {opened.login_name} 已开通，请退出后用它登录，办理职业病危害项目申报",
    )
