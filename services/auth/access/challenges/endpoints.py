"""Where a program, or the portal, gets its challenge, and where a person gets a picture and answers it. What is given out takes no
connection to the database; only an answer, which is used up by it, is a unit of work.
"""

from fastapi import APIRouter

from services.auth.access.challenges import pictures, service
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.schemas import ChallengeRead, PictureAnswer, PictureCreate, PictureRead, ProofRead
from services.auth.access.guesses.service import failures_from
from services.auth.visitors import Address
from shared.app import api_router
from shared.services import Service
from shared.web.route import RuntimeOf, Session

router = APIRouter(prefix="/api/auth/challenge", tags=["登录"])
picture_router = APIRouter(prefix="/api/auth/pictures", tags=["登录"])
answer_router = api_router(Service.AUTH, "pictures/answers", "登录")


@router.get("", summary="获取验证（ALTCHA）")
async def get_challenge(runtime: RuntimeOf, address: Address, action: Action = Action.SIGN_IN) -> ChallengeRead:
    return service.make_challenge(action, failures=await failures_from(runtime.redis, address))


@picture_router.post("", summary="获取图片验证")
async def create_picture(body: PictureCreate, runtime: RuntimeOf, address: Address) -> PictureRead:
    return await pictures.make_picture(runtime.redis, action=body.action, address=address)


@answer_router.post("", summary="回答图片验证，取得办理凭证")
async def answer_picture(body: PictureAnswer, session: Session, _address: Address) -> ProofRead:
    return await pictures.answer_picture(session, body)
