"""更改手机号: from the login page, and from 个人设置."""

from fastapi import APIRouter, Response

from services.auth.access.phones import service
from services.auth.access.phones.schemas import (
    OwnPhoneChange,
    OwnPhoneConfirm,
    PhoneChangeConfirm,
    PhoneChangeStart,
    PhoneCodeSent,
    PhoneRead,
)
from services.auth.access.sessions.browsers import DeviceOf, hand_over
from services.auth.access.sessions.schemas import SignedInRead
from services.auth.visitors import Address
from shared.app import api_router
from shared.services import Service
from shared.web.callers import SignedIn
from shared.web.route import RuntimeOf, Session

router = api_router(Service.AUTH, "", "更换手机号")
# Not units of work: a guess counts although it is refused, no connection is held while a password is checked, and what signs in is not
# kept under an Idempotency-Key.
password_router = APIRouter(prefix="/api/auth", tags=["更换手机号"])


@password_router.post("/phone-changes", summary="登录前更换手机号：核对账号、密码、旧手机号，向新手机号发送验证码")
async def start_phone_change(body: PhoneChangeStart, runtime: RuntimeOf, address: Address) -> PhoneCodeSent:
    return await service.start_change(runtime, body, address)


@password_router.post("/phone-changes/confirm", status_code=201, summary="登录前更换手机号：核对验证码，更换并登录")
async def confirm_phone_change(
    body: PhoneChangeConfirm, runtime: RuntimeOf, response: Response, device: DeviceOf
) -> SignedInRead:
    return hand_over(response, await service.confirm_change(runtime, body, device))


@password_router.post("/me/phone", summary="个人设置更换手机号：核对密码，向新手机号发送验证码")
async def start_own_phone_change(body: OwnPhoneChange, runtime: RuntimeOf, actor: SignedIn) -> PhoneCodeSent:
    return await service.start_own_change(runtime, actor, body)


@router.post("/me/phone/confirm", summary="个人设置更换手机号：核对验证码并更换")
async def confirm_own_phone_change(body: OwnPhoneConfirm, session: Session, actor: SignedIn) -> PhoneRead:
    return await service.confirm_own_change(session, actor, body)
