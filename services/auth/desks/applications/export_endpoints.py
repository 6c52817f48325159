"""The list of applications as xlsx; it asks, shows and masks what the list does (BEY-07)."""

from services.auth.desks.applications.endpoints import list_applications
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

APPLICATIONS = Export(
    "applications",
    "账号申请",
    list_applications,
    (
        Column("number", "申请编号", width=22),
        Column("unit_name", "单位名称", width=36),
        Column("credit_code", "统一社会信用代码", width=22),
        Column("region_code", "行政区划代码", width=14),
        Column("person_name", "用户姓名", width=14),
        Column("submitted_at", "提交时间", width=20),
        Column("status_label", "状态", width=12),
    ),
)
router = export_router(Service.AUTH)
add_export_routes(router, (APPLICATIONS,))
