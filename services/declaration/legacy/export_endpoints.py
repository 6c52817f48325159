"""The rows of an import as xlsx: what the list shows (BEY-07)."""

from services.declaration.legacy.endpoints import list_legacy_rows
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

ROWS = Export(
    "legacy-rows",
    "旧系统数据",
    list_legacy_rows,
    (
        Column("file_name", "文件名", width=28),
        Column("line", "行", width=8),
        Column("credit_code", "统一社会信用代码", width=24),
        Column("name", "单位名称", width=36),
        Column("region_label", "所属地区", width=28),
        Column("outcome_label", "结果", width=24),
        Column("words", "说明", width=60),
    ),
)
EXPORTS = (ROWS,)
router = export_router(Service.DECLARATION)
add_export_routes(router, EXPORTS)
