"""Where a program, or the portal, gets its challenge. It needs no database, so it takes no connection."""

from fastapi import APIRouter

from services.auth.challenges import service
from services.auth.challenges.schemas import ChallengeRead

router = APIRouter(prefix="/api/auth/challenge", tags=["登录"])


@router.get("", summary="获取验证（ALTCHA）")
async def get_challenge() -> ChallengeRead:
    return service.make_challenge()
