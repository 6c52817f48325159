"""统计 and the units behind it as xlsx over HTTP (BEY-07, STAFF-12): no product of anybody."""

from collections.abc import Callable
from typing import Any

from services.declaration.figures.endpoints import list_declaration_figure_units, read_declaration_figures
from services.declaration.figures.measures import MEASURES
from services.declaration.figures.schemas import DeclarationFigureRow
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router


def _of(key: str) -> Callable[[DeclarationFigureRow], Any]:
    return lambda row: next(each.count for each in row.figures if each.key == key)


EXPORTS = (
    Export(
        "figures",
        "申报统计",
        read_declaration_figures,
        (
            Column("label", "分组", width=28),
            *(Column(each.key, f"{each.label}（{each.unit}）", width=14) for each in MEASURES),
        ),
        part="rows",
        made={each.key: _of(each.key) for each in MEASURES},
        operation="declaration_figures",
    ),
    Export(
        "figure-units",
        "申报统计的用人单位",
        list_declaration_figure_units,
        (
            Column("region_label", "所属地区", width=28),
            Column("employer_name", "单位名称", width=36),
            Column("credit_code", "统一社会信用代码", width=22),
            Column("declared", "已申报", width=10),
            Column("kind_label", "申报类型", width=12),
            Column("declared_on", "申报日期"),
            Column("industry_label", "行业", width=28),
            Column("size_label", "企业规模", width=10),
            Column("exposed", "接害总人数", width=12),
            Column("measured", "检测点数", width=10),
            Column("exceeded", "超标点数", width=10),
            Column("exam_due", "应检人次", width=10),
            Column("exam_done", "实检人次", width=10),
        ),
    ),
)
router = export_router(Service.DECLARATION)
add_export_routes(router, EXPORTS)
