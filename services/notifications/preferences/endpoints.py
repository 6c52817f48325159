"""Routes of what one wants to get: one's own, whoever one is."""

from services.notifications.preferences import service
from services.notifications.preferences.schemas import PreferenceChange, PreferenceRead
from shared.app import api_router
from shared.services import Service
from shared.web.callers import SignedIn
from shared.web.route import Session

router = api_router(Service.NOTIFICATIONS, "preferences", "消息接收设置")


@router.get("", summary="我接收哪些消息")
async def list_preferences(session: Session, actor: SignedIn) -> list[PreferenceRead]:
    return await service.list_preferences(session, actor=actor)


@router.put("", summary="接收或不接收一类消息")
async def change_preference(body: PreferenceChange, session: Session, actor: SignedIn) -> list[PreferenceRead]:
    return await service.change_preference(session, actor=actor, body=body)
