"""申诉与办理 as xlsx; it asks, shows and masks what the list does (BEY-07)."""

from services.auth.desks.cases.endpoints import list_cases
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

CASES = Export(
    "cases",
    "申诉与办理",
    list_cases,
    (
        Column("number", "办理编号", width=22),
        Column("kind_label", "类型", width=16),
        Column("organisation_name", "单位名称", width=36),
        Column("applicant_name", "申请人", width=12),
        Column("region_code", "行政区划代码", width=14),
        Column("created_at", "提交时间", width=18),
        Column("decided_at", "办结时间", width=18),
        Column("status_label", "状态", width=12),
    ),
)
EXPORTS = (CASES,)
router = export_router(Service.AUTH)
add_export_routes(router, EXPORTS)
