"""The list of units and bodies as xlsx; it asks, shows and masks what the list does (BEY-07)."""

from services.auth.directory.organisations.endpoints import list_organisations
from shared.roles import Level
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router
from shared.web.vocabulary import WORDS

ORGANISATIONS = Export(
    "organisations",
    "单位",
    list_organisations,
    (
        Column("name", "单位名称", width=36),
        Column("short_name", "单位简称", width=24),
        Column("credit_code", "统一社会信用代码", width=22),
        Column("branch_no", "分支机构编号", width=12),
        Column("level", "层级", width=12),
        Column("kinds", "单位属性", width=36),
        Column("region_code", "行政区划代码", width=14),
        Column("status_label", "状态", width=10),
    ),
    made={"level": lambda row: WORDS[Level][row.level]},
)
EXPORTS = (ORGANISATIONS,)
router = export_router(Service.AUTH)
add_export_routes(router, EXPORTS)
