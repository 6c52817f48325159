"""Auth's own messages as xlsx: what the list shows, numbers masked (BEY-07)."""

from services.auth.access.arrivals.endpoints import list_texts
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

TEXTS = Export(
    "texts",
    "验证码等短信",
    list_texts,
    (
        Column("created_at", "时间", width=18),
        Column("kind_label", "短信类型", width=16),
        Column("purpose", "验证码用途", width=16),
        Column("phone", "手机号码", width=16),
        Column("holders", "账号", width=36),
        Column("arrival_label", "发送情况", width=12),
        Column("provider", "短信服务商", width=12),
        Column("reason", "原因", width=40),
        Column("attempts", "尝试次数", width=10),
        Column("done_at", "发送时间", width=18),
        Column("delivered_at", "送达时间", width=18),
    ),
)
router = export_router(Service.AUTH)
add_export_routes(router, (TEXTS,))
