"""发送记录 and who is not reached, as xlsx: what the lists show, addresses masked (BEY-07)."""

from services.notifications.oversight.endpoints import list_deliveries, list_unreached
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

EXPORTS = (
    Export(
        "deliveries",
        "发送记录",
        list_deliveries,
        (
            Column("created_at", "时间", width=18),
            Column("kind_label", "消息类型", width=16),
            Column("title", "标题", width=40),
            Column("organisation_name", "收件单位", width=36),
            Column("person_name", "收件人", width=12),
            Column("channel_label", "发送方式", width=10),
            Column("address", "号码或邮箱", width=22),
            Column("status_label", "状态", width=12),
            Column("reason", "原因", width=40),
            Column("attempts", "尝试次数", width=10),
            Column("done_at", "发送时间", width=18),
            Column("delivered_at", "送达时间", width=18),
        ),
    ),
    Export(
        "unreached",
        "收不到的账号",
        list_unreached,
        (
            Column("organisation_name", "单位", width=36),
            Column("person_name", "姓名", width=12),
            Column("channel_label", "发送方式", width=10),
            Column("state_label", "情况", width=16),
            Column("kinds_off", "单独关闭的消息种类数", width=14),
            Column("reason", "原因", width=40),
            Column("advice", "怎样办理", width=60),
            Column("since", "自何时起", width=18),
        ),
    ),
)
router = export_router(Service.NOTIFICATIONS)
add_export_routes(router, EXPORTS)
