"""The requests to register late as xlsx (BEY-07, FAQ-M8)."""

from services.training.enrolment.late_entries.endpoints import list_late_entries
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

LATE_ENTRIES = Export(
    "late-entries",
    "补报申请",
    list_late_entries,
    (
        Column("plan_name", "培训班名称", width=40),
        Column("registration_deadline", "报名截止日期"),
        Column("unit_name", "单位", width=32),
        Column("reason", "补报理由", width=48),
        Column("created_at", "申请时间", width=20),
        Column("status_label", "状态", width=12),
        Column("granted_until", "补报截止日期"),
        Column("answer", "答复", width=40),
    ),
)

EXPORTS = (LATE_ENTRIES,)
router = export_router(Service.TRAINING)
add_export_routes(router, EXPORTS)
