"""What stands in a form, as plain values that rules can ask: of a record, of what is being typed, of an older record beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from services.declaration.factors import catalogue
from services.declaration.factors.classes import CLASSES, HazardClass
from services.declaration.form.choices import COVERED, ChangeReason, Covers, DeclarationKind


@dataclass(frozen=True)
class FilledFactor:
    factor_code: str
    own_name: str
    exposed_count: int | None
    edition: str = ""

    @cached_property
    def name(self) -> str:
        """Its own name where the catalogue lacks it."""
        return self.own_name or catalogue.name_of(self.factor_code, self.edition)

    @cached_property
    def entry(self) -> catalogue.Factor | None:
        """In today's catalogue."""
        return catalogue.current().get(self.factor_code)

    @property
    def counted_alone(self) -> bool:
        return bool(self.entry and self.entry.separately)


@dataclass(frozen=True)
class FilledClass:
    class_code: HazardClass
    exposed_count: int | None
    factors: tuple[FilledFactor, ...]

    @property
    def label(self) -> str:
        return str(self.class_code.label)


@dataclass(frozen=True)
class FilledProduct:
    product: str
    output: str
    unit: str

    @property
    def amount(self) -> Decimal | None:
        try:
            return Decimal(self.output)
        except InvalidOperation:
            return None


@dataclass(frozen=True)
class FilledRow:
    """A row of 检测点数 or 检查人数: of so many (points, persons due), so many (over the limit, examined)."""

    item: str
    of: int | None
    some: int | None


@dataclass(frozen=True)
class Filled:
    """The whole form; a field that is not filled in is None, a table without rows empty."""

    kind: DeclarationKind
    change_reason: ChangeReason | None = None
    ended_on: date | None = None
    size: str | None = None
    industry: str | None = None
    economic_type: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    staff_count: int | None = None
    outsourced_count: int | None = None
    exposed_count: int | None = None
    disease_count: int | None = None
    leader_trained: bool | None = None
    manager_trained: bool | None = None
    trained_count: int | None = None
    confidential: bool | None = None
    tested: bool | None = None
    test_org: str | None = None
    test_report_no: str | None = None
    surveillance_done: bool | None = None
    exam_org: str | None = None
    exam_report_no: str | None = None
    sites: tuple[Mapping[str, Any], ...] = ()
    products: tuple[FilledProduct, ...] = ()
    hazards: tuple[FilledClass, ...] = ()
    tests: tuple[FilledRow, ...] = ()
    exams: tuple[FilledRow, ...] = ()

    @cached_property
    def classes(self) -> frozenset[HazardClass]:
        return frozenset(each.class_code for each in self.hazards)

    def covered(self, item: str) -> tuple[str, int | None] | None:
        """(what it is called, persons) of what a row stands for; None where nothing of it is declared."""
        covers = COVERED[item]
        if covers.separately:
            return _one_factor(self, covers)
        declared = [each for each in self.hazards if each.class_code in covers.classes]
        if not declared:
            return None
        counts = [each.exposed_count for each in declared if each.exposed_count is not None]
        return "、".join(each.label for each in declared), sum(counts) if counts else None

    @cached_property
    def counts(self) -> tuple[tuple[str, str, int], ...]:
        """(path, what it is called, persons) of every class and factor that has a number."""
        return tuple(self._counts())

    def _counts(self) -> Iterator[tuple[str, str, int]]:
        for at, hazard in enumerate(self.hazards):
            if hazard.exposed_count is not None:
                yield f"hazards.{at}.exposed_count", f"{hazard.label}接触总人数", hazard.exposed_count
            for index, factor in enumerate(hazard.factors):
                if factor.exposed_count is not None:
                    path = f"hazards.{at}.factors.{index}.exposed_count"
                    yield path, f"“{factor.name}”接触人数", factor.exposed_count


def _one_factor(filled: Filled, covers: Covers) -> tuple[str, int | None] | None:
    for hazard in filled.hazards:
        for factor in hazard.factors:
            if factor.entry and factor.entry.separately == covers.separately:
                return factor.name, factor.exposed_count
    return None


_NAMES = tuple(each.name for each in fields(Filled))
_TABLES = ("sites", "products", "hazards", "tests", "exams")


def filled(values: Mapping[str, Any], edition: str = "") -> Filled:
    """From plain values by name; what is not there is not filled in. ``edition`` is the catalogue that the factors are of."""
    plain = {name: values[name] for name in _NAMES if name in values and name not in _TABLES}
    return Filled(
        **plain,
        sites=tuple(values.get("sites") or ()),
        products=tuple(_product(each) for each in values.get("products") or ()),
        hazards=tuple(_hazard(each, edition) for each in values.get("hazards") or ()),
        tests=_rows(values.get("tests"), "measured", "over"),
        exams=_rows(values.get("exams"), "due", "done"),
    )


def _product(row: Mapping[str, Any]) -> FilledProduct:
    output = row.get("output")
    return FilledProduct(row.get("product") or "", "" if output is None else str(output), row.get("unit") or "")


def _hazard(row: Mapping[str, Any], edition: str) -> FilledClass:
    factors = (
        FilledFactor(each["factor_code"], each.get("own_name") or "", each.get("exposed_count"), edition)
        for each in row.get("factors") or ()
    )
    return FilledClass(CLASSES[row["class_code"]], row.get("exposed_count"), tuple(factors))


def _rows(rows: Sequence[Mapping[str, Any]] | None, of: str, some: str) -> tuple[FilledRow, ...]:
    return tuple(FilledRow(str(each["item"]), each.get(of), each.get(some)) for each in rows or ())
