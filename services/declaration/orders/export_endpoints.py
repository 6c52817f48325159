"""复核指令 as xlsx: what the list shows (BEY-07)."""

from services.declaration.orders.endpoints import list_review_orders
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

ORDERS = Export(
    "review-orders",
    "复核指令",
    list_review_orders,
    (
        Column("employer_name", "单位名称", width=36),
        Column("region_label", "所属地区", width=28),
        Column("reason", "复核理由", width=48),
        Column("organisation_name", "下达单位", width=28),
        Column("ordered_by_name", "下达人", width=12),
        Column("created_at", "下达时间", width=18),
        Column("due_on", "回复截止日期"),
        Column("status_label", "状态", width=12),
        Column("answer", "复核结果", width=48),
        Column("answered_by_name", "回复人", width=12),
        Column("answered_at", "回复时间", width=18),
    ),
)
EXPORTS = (ORDERS,)
router = export_router(Service.DECLARATION)
add_export_routes(router, EXPORTS)
