"""忘记账号密码, and 解除锁定, for people who cannot sign in. Every code is asked for with a proof."""

from fastapi import APIRouter, Response

from services.auth.access.activations.schemas import PasswordSet
from services.auth.access.codes.service import CodeSent
from services.auth.access.recovery import service
from services.auth.access.recovery.schemas import (
    PasswordRecovery,
    RecoverableAccounts,
    RecoveryCodeSent,
    RecoveryLook,
    RecoveryStart,
    UnlockCreate,
    UnlockStart,
)
from services.auth.access.sessions.browsers import DeviceOf, hand_over
from services.auth.access.sessions.schemas import SignedInRead
from services.auth.visitors import Address
from shared.app import api_router
from shared.services import Service
from shared.web.route import RuntimeOf, Session

router = api_router(Service.AUTH, "recovery", "找回账号和密码")
unlock_router = api_router(Service.AUTH, "unlocks", "解除账号锁定")
# Not a unit of work: it holds no connection while a password is hashed.
password_router = APIRouter(prefix="/api/auth/recovery", tags=["找回账号和密码"])


@router.post("/codes", summary="获取找回账号的验证码")
async def send_recovery_code(body: RecoveryStart, session: Session, address: Address) -> RecoveryCodeSent:
    return await service.request_recovery_code(session, body, address)


@router.post("/accounts", summary="核对验证码，查看该手机号码的账号")
async def list_recoverable_accounts(body: RecoveryLook, session: Session, address: Address) -> RecoverableAccounts:
    return await service.list_recoverable(session, body, address)


@password_router.post("/password", summary="重新设置其中一个账号的密码")
async def recover_password(body: PasswordRecovery, runtime: RuntimeOf, address: Address) -> PasswordSet:
    return await service.recover_password(runtime, body, address)


@password_router.post("/sign-in", status_code=201, summary="重新设置其中一个账号的密码并登录")
async def recover_and_sign_in(
    body: PasswordRecovery, runtime: RuntimeOf, response: Response, device: DeviceOf
) -> SignedInRead:
    return hand_over(response, await service.recover_and_sign_in(runtime, body, device))


@unlock_router.post("/codes", summary="获取解除锁定的验证码")
async def send_unlock_code(body: UnlockStart, session: Session, address: Address) -> CodeSent:
    return await service.request_unlock_code(session, body, address)


@unlock_router.post("", status_code=204, summary="核对验证码，解除锁定")
async def unlock_own_account(body: UnlockCreate, session: Session, address: Address) -> None:
    await service.unlock_own(session, body, address)
