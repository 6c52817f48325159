"""The lists of declaration as xlsx over HTTP: what the lists show, and no product of anybody (BEY-07)."""

from services.declaration.declarations.endpoints import list_declarations
from services.declaration.reviews.endpoints import list_declaration_reviews
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router

_COMMON = (
    Column("region_label", "所属地区", width=28),
    Column("employer_name", "单位名称", width=36),
    Column("kind_label", "申报类型", width=12),
    Column("declared_on", "申报日期"),
    Column("status_label", "状态", width=10),
)
EXPORTS = (
    Export("declarations", "职业病危害项目申报", list_declarations, _COMMON),
    Export(
        "reviews",
        "申报审核",
        list_declaration_reviews,
        (
            *_COMMON,
            Column("credit_code", "统一社会信用代码", width=22),
            Column("due_on", "审核期限"),
            Column("reviewer_name", "审核人员", width=12),
            Column("flags", "提示", width=48),
        ),
        made={"flags": lambda row: "；".join(each.words for each in row.flags)},
        operation="declaration_reviews",
    ),
)
router = export_router(Service.DECLARATION)
add_export_routes(router, EXPORTS)
