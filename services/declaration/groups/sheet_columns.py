"""The sheet of a group (BEY-17), made of the form's own table: one row a branch on the first page; what a branch has several of (factors,
work sites, products) on pages of their own, keyed by the same code. No column, list, help or star of the form stands here a second time.
"""

from collections.abc import Iterator
from typing import Final

from services.declaration.factors import catalogue
from services.declaration.factors.classes import HazardClass
from services.declaration.form.choices import ExamItem, TestItem
from services.declaration.form.table import FACTOR_COLUMNS, FIELDS, HAZARDS, OF_TABLES, PHONE
from shared.sheets import Column, SheetPage
from shared.web.form_tables import FormField
from shared.workflow.definition import Labelled

CODE, BRANCH, NAME, STAMP, CLASS = "credit_code", "branch_no", "employer_name", "stamp", "class_code"
YES: Final = "是"
_KEYS: Final = (
    Column(CODE, "统一社会信用代码", True, width=22),
    Column(BRANCH, "分支机构编号", width=14, help="没有独立信用代码的分支机构才有"),
    Column(NAME, "单位名称", width=32),
)
_STAMP: Final = Column(STAMP, "数据版本", width=12, help="由系统填写，请勿修改：据此发现下载之后的改动")
_KEPT: Final = "不显示原号码；留空则不变"
# What each item of a table has a column for.
ITEMS: Final[dict[str, tuple[type[Labelled], tuple[str, str]]]] = {
    "tests": (TestItem, ("measured", "over")),
    "exams": (ExamItem, ("due", "done")),
}


def of_item(table: str, item: str, name: str) -> str:
    """The key of the column of one item of 检测点数 or 检查人数."""
    return f"{table}.{item}.{name}"


def of_class(class_code: str) -> str:
    """The key of the column of a class's 接触总人数."""
    return f"{HAZARDS}.{class_code}"


def _column(field: FormField, *, required: bool) -> Column:
    choices = tuple(field.kind.choices.values())
    if field.kind.name == "switch":
        choices = (YES,)
    helps = [field.help, f"{field.shown_when.words}时填写" if field.shown_when else ""]
    if field.name == PHONE:
        helps.append(_KEPT)
    return Column(
        field.name,
        field.label,
        required,
        choices,
        width=max(12, len(field.label) * 2),
        help="；".join(filter(None, helps)),
    )


def _of_items() -> Iterator[Column]:
    for table, (items, names) in ITEMS.items():
        labels = {each.name: each.label for each in OF_TABLES[table].columns}
        for item in items:
            for name in names:
                yield Column(of_item(table, item.value, name), f"{item.label}{labels[name]}", width=16)


def _main() -> Iterator[Column]:
    yield from (*_KEYS, _STAMP)
    for field in FIELDS:
        # A phone that is not shown is not asked for again.
        yield _column(field, required=field.required and field.name != PHONE)
    total = next(each for each in OF_TABLES[HAZARDS].columns if each.name == "exposed_count")
    for each in HazardClass:
        yield Column(of_class(each.value), f"{each.label}{total.label}", width=18)
    yield from _of_items()


def factor_words(code: str, edition: str = "") -> str:
    """A factor as the list has it: its code tells those apart that have one name."""
    return f"{code} {catalogue.name_of(code, edition)}"


def _factors() -> tuple[Column, ...]:
    listed = tuple(factor_words(each.code) for each in catalogue.current().factors)
    kinds = tuple(each.label for each in HazardClass)
    of_form = {each.name: each for each in FACTOR_COLUMNS}
    return (
        *_KEYS,
        Column(CLASS, "类别", choices=kinds, help="留空则按所选的因素"),
        Column("factor_code", of_form["factor_code"].label, True, listed, width=36),
        *(_column(of_form[name], required=False) for name in ("own_name", "exposed_count")),
    )


def _rows_of(table: str) -> tuple[Column, ...]:
    return (*_KEYS, *(_column(each, required=each.required) for each in OF_TABLES[table].columns))


MAIN: Final = SheetPage("申报", tuple(_main()))
FACTORS: Final = SheetPage("危害因素", _factors())
SITES: Final = SheetPage(OF_TABLES["sites"].label, _rows_of("sites"))
PRODUCTS: Final = SheetPage(OF_TABLES["products"].label, _rows_of("products"))
PAGES: Final = (MAIN, FACTORS, SITES, PRODUCTS)
OF_TABLE: Final = {HAZARDS: FACTORS, "sites": SITES, "products": PRODUCTS}
