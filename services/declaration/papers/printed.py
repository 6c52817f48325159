"""What stands on the papers of a declaration, as the templates of certificates have it: the form of any valid record, without a product and
of a confidential unit too (FAQ-D14), drawn from the table of the form; and the receipt. Phones are masked and confidential products left
out: a paper goes through many hands.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from services.declaration.declarations.models import Declaration
from services.declaration.factors.catalogue import name_of
from services.declaration.form.table import HAZARD, PARTS, PHONE, PRODUCTS, Part, Table, words_for
from shared.clock import beijing_today
from shared.crypto import mask_phone
from shared.web import form_tables as t
from shared.web.form_tables import FormField

_PLEDGE = "本单位承诺：本表所填内容真实、准确、完整，如有不实，愿承担相应法律责任。"
_CONFIDENTIAL = "军工等涉密产品，按规定不在本表列出。"
_NO_PRODUCT = "没有产品。"
_NO_HAZARD = "没有职业病危害因素。"


class PrintedFact(BaseModel):
    label: str
    value: str
    wide: bool = False


class PrintedTable(BaseModel):
    title: str
    head: list[str]
    rows: list[list[str]]
    numbers: list[int] = []


class PrintedBlock(BaseModel):
    title: str
    facts: list[PrintedFact] = []
    tables: list[PrintedTable] = []
    note: str = ""


class PrintedForm(BaseModel):
    """The content of the template ``declaration_form``."""

    number: str = ""
    title: str = "职业病危害项目申报表"
    blank: bool = False
    status: str
    prepared_on: date
    blocks: list[PrintedBlock]
    pledge: str = _PLEDGE


class PrintedReceipt(BaseModel):
    """The content of the template ``declaration_receipt``."""

    number: str = ""
    title: str = "职业病危害项目申报回执"
    blank: bool = False
    unit_name: str
    credit_code: str
    region: str
    kind: str
    declared_on: date
    reviewed_on: date
    office: str
    next_due: str = ""


def printed_form(declaration: Declaration, region: str, today: date) -> PrintedForm:
    """The form as it stands; ``region`` is the full name of the unit's."""
    unit = PrintedBlock(
        title="单位信息",
        facts=[
            PrintedFact(label="单位名称", value=declaration.employer_name, wide=True),
            PrintedFact(label="统一社会信用代码", value=declaration.credit_code),
            PrintedFact(label="所属地区", value=region),
            PrintedFact(label="单位注册地址", value=declaration.address, wide=True),
            PrintedFact(label="法定代表人（主要负责人）", value=declaration.legal_representative),
            PrintedFact(label="申报日期", value=declaration.declared_on.isoformat()),
        ],
    )
    blocks = [unit, *(_block(part, declaration) for part in PARTS)]
    return PrintedForm(status=declaration.status.label, prepared_on=today, blocks=blocks)


def printed_receipt(declaration: Declaration, region: str, office: str, next_due: str) -> PrintedReceipt:
    """The receipt of an approved record."""
    assert declaration.reviewed_at is not None  # only what is approved has a receipt
    return PrintedReceipt(
        unit_name=declaration.employer_name,
        credit_code=declaration.credit_code,
        region=region,
        kind=declaration.kind.label,
        declared_on=declaration.declared_on,
        reviewed_on=beijing_today(declaration.reviewed_at),
        office=office,
        next_due=next_due,
    )


def _block(part: Part, declaration: Declaration) -> PrintedBlock:
    facts = [_fact(each, declaration) for each in part.fields if _is_shown(each, declaration)]
    if part is HAZARD:
        return _hazards(declaration)
    if part is PRODUCTS and declaration.confidential:
        return PrintedBlock(title=part.title, facts=facts, note=_CONFIDENTIAL)
    tables = [_table(each, getattr(declaration, each.name)) for each in part.tables if getattr(declaration, each.name)]
    note = _NO_PRODUCT if part is PRODUCTS and not declaration.products else ""
    return PrintedBlock(title=part.title, facts=facts, tables=tables, note=note)


def _is_shown(field: FormField, declaration: Declaration) -> bool:
    """A field that depends on another stands only where that says so."""
    if (asked := field.shown_when) is None:
        return True
    value = getattr(declaration, asked.field)
    said = value if isinstance(value, str) else t.YES if value else t.NO
    return said in asked.values


def _fact(field: FormField, declaration: Declaration) -> PrintedFact:
    value = getattr(declaration, field.name)
    if field.name == PHONE:
        return PrintedFact(label=field.label, value=mask_phone(value) if value else "")
    words = value.isoformat() if isinstance(value, date) else words_for(field.name, value)
    return PrintedFact(label=field.label, value=str(words or ""))


def _table(table: Table, rows: list[Mapping[str, Any]]) -> PrintedTable:
    columns = table.columns
    numbers = [at for at, column in enumerate(columns) if column.kind.kept is not str]
    written = [[_cell(column, row.get(column.name)) for column in columns] for row in rows]
    return PrintedTable(title=table.label, head=[each.label for each in columns], rows=written, numbers=numbers)


def _cell(column: FormField, value: object) -> str:
    return "" if value is None else str(column.kind.choices.get(str(value), value))


def _hazards(declaration: Declaration) -> PrintedBlock:
    rows = list(_factors(declaration))
    head = ["类别", "类别接触总人数", "具体因素", "接触人数"]
    table = PrintedTable(title=HAZARD.tables[0].label, head=head, rows=rows, numbers=[1, 3])
    return PrintedBlock(title=HAZARD.title, tables=[table] if rows else [], note="" if rows else _NO_HAZARD)


def _factors(declaration: Declaration) -> Iterator[list[str]]:
    """One row for each factor; a class of which none is named has one of its own."""
    for hazard in declaration.hazards:
        told = [hazard.class_code.label, _count(hazard.exposed_count)]
        for factor in hazard.factors:
            name = factor.own_name or name_of(factor.factor_code, declaration.catalogue)
            yield [*told, name, _count(factor.exposed_count)]
        if not hazard.factors:
            yield [*told, "", ""]


def _count(value: int | None) -> str:
    return "" if value is None else str(value)
