"""The form for whoever draws it: the shape that every form has, with the pages, their tables and what came with which version."""

from pydantic import BaseModel

from services.declaration.factors import catalogue
from services.declaration.factors.classes import HazardClass
from services.declaration.form.choices import COVERED
from services.declaration.form.table import FACTOR_COLUMNS, HAZARDS, PARTS, VERSION, Table
from shared.web.form_tables import definition_of
from shared.web.forms import (
    RecordFormChoice,
    RecordFormCondition,
    RecordFormField,
    RecordFormRead,
    RecordFormSection,
    RecordFormTable,
)


class FixedRow(BaseModel):
    """A row that the table always has while one of ``classes`` is declared; ``factor_code`` narrows it to that factor."""

    value: str
    label: str
    classes: list[HazardClass]
    factor_code: str | None


class DeclarationFormTable(RecordFormTable):
    """``rows`` are the only ones where there are any; ``inner`` are the columns of the rows within a row, as ``factors`` of a class."""

    help: str
    rows: list[FixedRow] = []
    inner: list[RecordFormField] = []


class DeclarationFormSection(RecordFormSection):
    """One page of the form; its ``key`` is what problems say."""

    key: str
    tables: list[DeclarationFormTable]


class DeclarationFormRead(RecordFormRead):
    """Every page in its order; ``tables`` stand with their page. ``catalogue`` is the edition of the factors."""

    version: int
    catalogue: str
    sections: list[DeclarationFormSection]  # type: ignore[assignment]  # each is one of those, with more


def form_definition() -> DeclarationFormRead:
    """Everything that is needed to show the form."""
    return DeclarationFormRead(
        version=VERSION,
        catalogue=catalogue.current().edition,
        sections=[
            DeclarationFormSection(
                key=part.key,
                title=part.title,
                fields=[_field(definition_of(each)) for each in part.fields],
                tables=[_table(each) for each in part.tables],
            )
            for part in PARTS
        ],
    )


def _field(field: RecordFormField) -> RecordFormField:
    """行业 is a tree, and chosen level by level."""
    return field.model_copy(update={"dictionary": "industries"}) if field.name == "industry" else field


def _table(table: Table) -> DeclarationFormTable:
    return DeclarationFormTable(
        name=table.name,
        label=table.label,
        maximum=table.maximum,
        fields=[definition_of(each) for each in table.columns],
        help=table.help,
        rows=[_row(code, label) for code, label in (table.rows or {}).items()],
        inner=[definition_of(each) for each in FACTOR_COLUMNS] if table.name == HAZARDS else [],
    )


def _row(code: str, label: str) -> FixedRow:
    covers = COVERED[code]
    counted = catalogue.current().find(separately=True)
    factor = next((each.code for each in counted if each.separately == covers.separately), None)
    classes = [each for each in HazardClass if each in covers.classes]
    return FixedRow(value=code, label=label, classes=classes, factor_code=factor)


def condition_words(condition: RecordFormCondition | None) -> str:
    """When a field is asked for, as the page of docs says it."""
    return f"{condition.words}时" if condition else ""


def choices_in_words(choices: list[RecordFormChoice]) -> str:
    """Of few choices all, of many how many there are."""
    return "、".join(each.label for each in choices) if len(choices) <= 12 else f"{len(choices)} 项"
