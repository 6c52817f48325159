"""One's own messages as xlsx: what the inbox shows (BEY-07)."""

from services.notifications.messages.endpoints import list_messages
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

MESSAGES = Export(
    "messages",
    "消息",
    list_messages,
    (
        Column("created_at", "时间", width=18),
        Column("kind_label", "类型", width=16),
        Column("title", "标题", width=40),
        Column("body", "内容", width=80),
        Column("read_at", "阅读时间", width=18),
    ),
)
EXPORTS = (MESSAGES,)
router = export_router(Service.NOTIFICATIONS)
add_export_routes(router, EXPORTS)
