"""逾期与到期 as xlsx over HTTP: what the list shows, and no phone of anybody (BEY-07)."""

from services.declaration.clock.endpoints import list_due_dates
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

EXPORTS = (
    Export(
        "due-dates",
        "逾期与到期",
        list_due_dates,
        (
            Column("region_label", "所属地区", width=28),
            Column("employer_name", "单位名称", width=36),
            Column("credit_code", "统一社会信用代码", width=22),
            Column("kind_label", "申报类型", width=12),
            Column("state_label", "办理情况", width=14),
            Column("last_day", "办理期限"),
            Column("days_left", "剩余天数", width=10),
            Column("reason", "理由", width=60),
            Column("reach_label", "通知送达", width=14),
            Column("contact_name", "联系人", width=12),
            Column("urged_on", "最近催报"),
            Column("urged_count", "催报次数", width=10),
            Column("call_note", "电话催报结果", width=40),
        ),
    ),
)
router = export_router(Service.DECLARATION)
add_export_routes(router, EXPORTS)
