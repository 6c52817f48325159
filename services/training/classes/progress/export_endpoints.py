"""选班进度 of a plan as xlsx: what the list of units shows (BEY-07)."""

from services.training.classes.progress.endpoints import list_selection_progress
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

PROGRESS = Export(
    "selection-progress",
    "选班进度",
    list_selection_progress,
    (
        Column("unit_name", "单位", width=36),
        Column("region_code", "行政区划代码", width=14),
        Column("approved", "审核通过人数", width=14),
        Column("placed", "已选班人数", width=14),
        Column("unplaced", "未选班人数", width=14),
        Column("status_label", "状态", width=12),
        Column("touched_at", "最近操作时间", width=18),
        Column("reminded_at", "最近提醒时间", width=18),
        Column("reminded_by", "提醒人", width=12),
    ),
)
EXPORTS = (PROGRESS,)
router = export_router(Service.TRAINING)
add_export_routes(router, EXPORTS)
