"""更正姓名、身份证号 as xlsx: what the list shows, ids masked (BEY-07, STAFF-15)."""

from services.training.desk.identities.endpoints import list_identity_corrections
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

CORRECTIONS = Export(
    "identity-corrections",
    "更正姓名、身份证号",
    list_identity_corrections,
    (
        Column("created_at", "申请时间", width=18),
        Column("unit_name", "申请单位", width=36),
        Column("what", "更正内容", width=16),
        Column("old_name", "原姓名", width=12),
        Column("new_name", "更正后的姓名", width=14),
        Column("old_resident_id", "原身份证号", width=22),
        Column("new_resident_id", "更正后的身份证号", width=22),
        Column("reason", "更正理由", width=48),
        Column("status_label", "状态", width=14),
    ),
)
EXPORTS = (CORRECTIONS,)
router = export_router(Service.TRAINING)
add_export_routes(router, EXPORTS)
