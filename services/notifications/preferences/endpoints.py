"""Routes of what one wants to get: one's own, whoever one is."""

from services.notifications.preferences import service, timing_service
from services.notifications.preferences.schemas import (
    NoticeSettingsChange,
    NoticeSettingsRead,
    PreferenceChange,
    PreferenceRead,
)
from shared.app import api_router
from shared.services import Service
from shared.web.callers import SignedIn
from shared.web.route import Session

router = api_router(Service.NOTIFICATIONS, "preferences", "消息接收设置")
settings_router = api_router(Service.NOTIFICATIONS, "notice-settings", "消息接收设置")


@router.get("", summary="我接收哪些消息")
async def list_preferences(session: Session, actor: SignedIn) -> list[PreferenceRead]:
    return await service.list_preferences(session, actor=actor)


@router.put("", summary="接收或不接收一类消息，或恢复默认")
async def change_preference(body: PreferenceChange, session: Session, actor: SignedIn) -> list[PreferenceRead]:
    return await service.change_preference(session, actor=actor, body=body)


@settings_router.get("", summary="我的免打扰时间和每日汇总")
async def read_notice_settings(session: Session, actor: SignedIn) -> NoticeSettingsRead:
    return await timing_service.read_settings(session, actor=actor)


@settings_router.put("", summary="设置免打扰时间和每日汇总")
async def change_notice_settings(body: NoticeSettingsChange, session: Session, actor: SignedIn) -> NoticeSettingsRead:
    return await timing_service.change_settings(session, actor=actor, body=body)


@settings_router.post("/mailbox", summary="确认登记的邮箱已能收到邮件")
async def confirm_mailbox(session: Session, actor: SignedIn) -> NoticeSettingsRead:
    return await timing_service.confirm_mailbox(session, actor=actor)
