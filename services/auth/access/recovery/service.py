"""忘记账号密码 (AUTH-25) and 解除锁定 (FAQ-D12, BEY-09): by a code to the account's own phone. Until it was right nothing tells whether a
number or a name is known. A lost phone is not recovered here: that is an appeal, or the superior's business.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository as accounts
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.passwords import hash_unused, refuse_weak
from services.auth.access.accounts.service import last_passwords
from services.auth.access.accounts.workflow import ACCOUNT
from services.auth.access.activations.schemas import PasswordSet, read_policy
from services.auth.access.activations.service import install_password
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import ProofRefused, require_ticket, take_once, use_proof
from services.auth.access.challenges.tickets import make_ticket
from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import CodeSent, phone_index, request_code, use_code
from services.auth.access.guesses.service import forget_wrong_guesses
from services.auth.access.recovery import repository
from services.auth.access.recovery.schemas import (
    PasswordRecovery,
    RecoverableAccount,
    RecoverableAccounts,
    RecoveryCodeSent,
    RecoveryLook,
    RecoveryStart,
    UnlockCreate,
    UnlockStart,
)
from services.auth.access.sessions.devices import Device
from services.auth.access.sessions.reading import actor_of
from services.auth.access.sessions.schemas import SignedInRead
from services.auth.access.sessions.service import Proven, begin_session
from services.auth.access.texts.service import send_text
from shared.blind_index import is_same
from shared.errors import AppError
from shared.identity import SYSTEM_ID
from shared.runtime import Runtime

TICKET_SECONDS = 600
ADVICE = (
    "本平台只能找回在本平台开通或注册的培训单位、用人单位账号，原安监系统账号不能登录本系统，须在本平台重新注册。"
    "收不到验证码的，该手机号码可能没有登记账号：用人单位可在登录页“账号申诉”中用统一社会信用代码查询是否注册并更换手机号码；"
    "培训单位请联系所在地市疾控中心账号管理人员；管理机构账号由上级机构查询并重置密码，"
    "省级没有其他账号管理人员的，请凭单位公函联系平台运维人员办理"
)


async def request_recovery_code(session: AsyncSession, body: RecoveryStart, address: str) -> RecoveryCodeSent:
    """Sends a code when the phone has an account that is recovered in this way; the answer is the same when not (AUTH-25, AUTH-29)."""
    await use_proof(session, body.proof, Action.RECOVERY)
    known = await repository.is_known(session, phone_index(body.phone), body.portal)
    sent = await request_code(
        session,
        purpose=Purpose.RECOVERY,
        phone=body.phone,
        address=address,
        known=known,
        named=body.portal.value if body.portal else "",
    )
    return RecoveryCodeSent(**sent.model_dump(), advice=ADVICE)


async def list_recoverable(session: AsyncSession, body: RecoveryLook, address: str) -> RecoverableAccounts:
    """The phone's accounts, for whoever got the code, which is spent (X18). Raises the refusals of a code."""
    await use_code(session, purpose=Purpose.RECOVERY, phone=body.phone, code=body.code, address=address)
    index = phone_index(body.phone)
    found = await repository.list_accounts(session, index, body.portal)
    ticket = make_ticket(Action.RECOVERY, seconds=TICKET_SECONDS, subject=index.hex())
    items = [_item(account) for account in found]
    return RecoverableAccounts(accounts=items, ticket=ticket, expires_in=TICKET_SECONDS, advice=ADVICE)


def _item(account: Account) -> RecoverableAccount:
    return RecoverableAccount.of(
        account, organisation_name=account.organisation.name, policy=read_policy(account.portal)
    )


async def recover_and_sign_in(runtime: Runtime, body: PasswordRecovery, device: Device) -> SignedInRead:
    """The same, and its holder is signed in: the phone has just been proven (FAQ-D12). Raises what ``recover_password`` raises, and what
    stands against using the account; the password is set then all the same."""
    account, hashed = await _recover(runtime, body, device.address)
    proven = Proven(account_id=account.id, verified_hash=hashed, new_hash=None)
    async with runtime.database.unit_of_work() as session:
        outcome = await begin_session(session, proven=proven, device=device, take_over=True, code_proven=True)
    if isinstance(outcome, AppError):
        raise outcome
    return outcome


async def recover_password(runtime: Runtime, body: PasswordRecovery, address: str) -> PasswordSet:
    """A new password for one of the phone's accounts; a lock goes, whoever is signed in is signed out (AUTH-25, BEY-09).

    Raises the refusals of a ticket, and InvalidInput for every rule that the password breaks; the ticket stays usable then.
    """
    account, _ = await _recover(runtime, body, address)
    return PasswordSet(login_name=account.login_name)


async def _recover(runtime: Runtime, body: PasswordRecovery, address: str) -> tuple[Account, str]:
    ticket = require_ticket(body.ticket, Action.RECOVERY)
    index = bytes.fromhex(ticket.subject)
    async with runtime.database.unit_of_work() as session:
        account = await _require(session, index, body)
        past = await last_passwords(session, account)
    clear = body.password.get_secret_value()
    refuse_weak(clear, account.portal, account.known)
    hashed = await hash_unused(clear, past)
    async with runtime.database.unit_of_work() as session:
        account = await _require(session, index, body)
        await take_once(session, ticket.nonce, ticket.expires_at)
        await install_password(session, account=account, hashed=hashed, address=address, action="recover", by="code")
        words = f"您的账号 {account.login_name} 的密码已通过短信验证重新设置。如非本人操作，请立即联系账号管理人员停用账号。"
        fields = {"login_name": account.login_name}
        about = "password_recovered"
        send_text(session, about=about, phone=account.phone, words=words, fields=fields, record_id=account.id)
    return account, hashed


async def _require(session: AsyncSession, index: bytes, body: PasswordRecovery) -> Account:
    account = await repository.get_account(session, index, body.account_id)
    if account is None:
        raise ProofRefused
    return account


async def request_unlock_code(session: AsyncSession, body: UnlockStart, address: str) -> CodeSent:
    """Sends a code when the account is locked and the phone is its own; the answer is the same when not (FAQ-D12)."""
    await use_proof(session, body.proof, Action.UNLOCK)
    account = await accounts.get_by_login_name(session, body.account)
    known = account is not None and account.locked_until is not None and _is_own(account, body.phone)
    named = body.account.lower()
    return await request_code(
        session, purpose=Purpose.UNLOCK, phone=body.phone, address=address, known=known, named=named
    )


def _is_own(account: Account, phone: str) -> bool:
    return is_same(account.phone_index, phone_index(phone))


async def unlock_own(session: AsyncSession, body: UnlockCreate, address: str) -> None:
    """The lock goes for whoever got the code, officials included (BEY-09). Raises the refusals of a code. A name that is not the phone's
    is answered alike, and nothing is done with it."""
    await use_code(session, purpose=Purpose.UNLOCK, phone=body.phone, code=body.code, address=address)
    found = await accounts.get_by_login_name(session, body.account)
    if found is None or not _is_own(found, body.phone):
        return
    account = await accounts.require_for_change(session, found.id)
    await forget_wrong_guesses(session, name=account.name_index)
    holder = actor_of(account, SYSTEM_ID, address)
    after = {"by": "code"}
    ACCOUNT.note(session, account.id, "unlock", actor=holder, after=after)
    await session.flush()
