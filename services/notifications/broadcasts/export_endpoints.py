"""群发 and whom one is for, as xlsx (BEY-07)."""

from services.notifications.broadcasts.endpoints import list_broadcast_recipients, list_broadcasts
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

EXPORTS = (
    Export(
        "broadcasts",
        "群发",
        list_broadcasts,
        (
            Column("created_at", "起草时间", width=18),
            Column("title", "标题", width=40),
            Column("to_label", "发给", width=20),
            Column("recipients", "收件账号数", width=12),
            Column("status_label", "状态", width=10),
            Column("author_name", "起草人", width=12),
            Column("approved_by_name", "复核人", width=12),
            Column("sent_at", "发出时间", width=18),
        ),
    ),
    Export(
        "recipients",
        "收件人",
        list_broadcast_recipients,
        (
            Column("organisation_name", "单位", width=36),
            Column("person_name", "姓名", width=12),
            Column("region_code", "行政区划代码", width=14),
            Column("reached_label", "除消息中心外的发送方式", width=20),
        ),
    ),
)
router = export_router(Service.NOTIFICATIONS)
add_export_routes(router, EXPORTS)
