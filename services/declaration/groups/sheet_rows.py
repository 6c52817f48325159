"""The pages of an uploaded sheet brought together by branch, each as what the API would be sent, with the cell that every value came from.
Whether the values are right is asked of the form: here only a label becomes its code.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.declaration.factors import catalogue
from services.declaration.factors.classes import HazardClass
from services.declaration.form.table import BY_NAME, FIELDS, HAZARDS, PHONE
from services.declaration.groups import sheet_columns as c
from shared.identifiers import normalise_uscc
from shared.sheets import Column, SheetPage, SheetRow, SheetRows

Key = tuple[str, str]
"""Credit code and number of the branch."""
_CLASSES: Final = {each.label: each for each in HazardClass}
_SHOWN: Final = 40


@dataclass(frozen=True)
class Cell:
    """Where something stands."""

    page: str
    row: int
    key: str


@dataclass(frozen=True)
class BadCell:
    """What is wrong with it; one that ``blocks`` cannot even be kept, the others only keep the declaration from being submitted."""

    cell: Cell
    reason: str
    code: str
    blocks: bool


@dataclass
class UnitRow:
    """One branch: ``given`` is what the API would be sent, ``cells`` by path where it came from."""

    key: Key
    row: SheetRow
    given: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    bad: list[BadCell] = field(default_factory=list)

    @property
    def at(self) -> Cell:
        """Where what has no cell of its own is said."""
        return Cell(c.MAIN.title, self.row.number, c.NAME)

    def place(self, path: str) -> Cell:
        """Of a path in the record the cell, or the nearest that there is."""
        while path:
            if path in self.cells:
                return self.cells[path]
            path = path.rpartition(".")[0]
        return self.at

    def wrong(self, cell: Cell, reason: str, code: str, *, blocks: bool = True) -> None:
        """Only the first word on each cell that blocks."""
        if not any(each.cell == cell and each.blocks for each in self.bad):
            self.bad.append(BadCell(cell, reason, code, blocks))


@dataclass(frozen=True)
class GroupSheet:
    """``units`` in the order of the first page; ``strays`` are rows of the other pages of which no unit stands there."""

    units: tuple[UnitRow, ...]
    strays: tuple[BadCell, ...]
    pages: Mapping[str, SheetRows]
    notes: tuple[str, ...]


def read_group(pages: Sequence[SheetRows]) -> GroupSheet:
    """Raises nothing: what is wrong stands with its cell."""
    by_title = dict(zip((page.title for page in c.PAGES), pages, strict=True))
    units: dict[Key, UnitRow] = {}
    ordered: list[UnitRow] = []
    for row in by_title[c.MAIN.title].rows:
        unit = UnitRow(_key(row), row)
        ordered.append(unit)
        if (first := units.setdefault(unit.key, unit)) is not unit:
            cell = Cell(c.MAIN.title, row.number, c.CODE)
            unit.wrong(cell, f"与第 {first.row.number} 行的单位相同，请删除其中一行", "row_repeated")
    _unreadable(by_title, {**units, **{_row_key(each): each for each in ordered}})
    for unit in ordered:
        _main(unit, by_title[c.MAIN.title])
    strays = tuple(_more(units, by_title))
    for unit in ordered:
        _place_classes(unit)
    notes = tuple(f"“{title}”：{note}" for title, rows in by_title.items() for note in rows.notes())
    return GroupSheet(tuple(ordered), strays, by_title, notes)


def _key(row: SheetRow) -> Key:
    return normalise_uscc(row.values[c.CODE]), row.values[c.BRANCH].strip()


def _row_key(unit: UnitRow) -> tuple[str, str]:
    return f"row {unit.row.number}", ""


def _unreadable(pages: Mapping[str, SheetRows], units: Mapping[Key, UnitRow]) -> None:
    """What Excel has lost of a number."""
    for page in c.PAGES:
        titles = {column.title: column.key for column in page.columns}
        rows = {row.number: row for row in pages[page.title].rows}
        for error in pages[page.title].errors:
            own = units.get((f"row {error.row}", "")) if page is c.MAIN else units.get(_key(rows[error.row]))
            key = titles.get(error.column.partition(" ")[2], c.CODE)
            if own is not None:
                own.wrong(Cell(page.title, error.row, key), error.reason, error.code)


def _main(unit: UnitRow, sheet: SheetRows) -> None:
    row = unit.row
    for each in FIELDS:
        if each.name not in sheet.letters:
            continue
        written = row.values[each.name]
        unit.cells[each.name] = Cell(c.MAIN.title, row.number, each.name)
        # A phone is not shown, and a kind is never nothing.
        if written or each.name not in {PHONE, "kind"}:
            unit.given[each.name] = _answer(unit, each.name, written)
    hazards: list[dict[str, Any]] = []
    for class_code in HazardClass:
        key = c.of_class(class_code.value)
        if written := row.values[key]:
            unit.cells[f"{HAZARDS}.{len(hazards)}.exposed_count"] = Cell(c.MAIN.title, row.number, key)
            hazards.append({"class_code": class_code.value, "exposed_count": written, "factors": []})
    unit.cells[HAZARDS] = Cell(c.MAIN.title, row.number, c.of_class(HazardClass.DUST.value))
    unit.given |= {HAZARDS: hazards, "sites": [], "products": []}
    for table in c.ITEMS:
        unit.given[table] = list(_items(unit, table))


def _items(unit: UnitRow, table: str) -> Iterator[dict[str, Any]]:
    items, names = c.ITEMS[table]
    at = 0
    for item in items:
        keys = {name: c.of_item(table, item.value, name) for name in names}
        unit.cells.setdefault(table, Cell(c.MAIN.title, unit.row.number, keys[names[0]]))
        written = {name: unit.row.values[key] or None for name, key in keys.items()}
        if not any(written.values()):
            continue
        for name, key in keys.items():
            unit.cells[f"{table}.{at}.{name}"] = Cell(c.MAIN.title, unit.row.number, key)
        unit.cells[f"{table}.{at}"] = Cell(c.MAIN.title, unit.row.number, keys[names[0]])
        yield {"item": item.value, **written}
        at += 1


def _answer(unit: UnitRow, name: str, written: str) -> object:
    kind = BY_NAME[name].kind
    if kind.name == "switch":
        return written == c.YES if written in {"", "否", c.YES} else written
    if not written:
        return None
    if name == "industry":
        return written.split()[0]
    if not kind.choices:
        return written
    code = next((code for code, label in kind.choices.items() if written in {label, code}), None)
    if code is None:
        some = list(kind.choices.values())
        offered = "、".join(some[:6]) + ("等" if len(some) > 6 else "")
        unit.wrong(unit.cells[name], f"没有“{written[:_SHOWN]}”，可填：{offered}", "label_unknown")
        return None
    return {"true": True, "false": False}.get(code, code) if kind.kept is bool else code


def _more(units: Mapping[Key, UnitRow], pages: Mapping[str, SheetRows]) -> Iterator[BadCell]:
    for table, page in c.OF_TABLE.items():
        for row in pages[page.title].rows:
            unit = units.get(_key(row))
            if unit is None:
                words = f"“{c.MAIN.title}”工作表中没有这个单位，请核对信用代码"
                yield BadCell(Cell(page.title, row.number, c.CODE), words, "unit_not_in_sheet", blocks=True)
            elif table == HAZARDS:
                _factor(unit, page, row)
            else:
                _row(unit, table, page, row)


def _row(unit: UnitRow, table: str, page: SheetPage, row: SheetRow) -> None:
    at = len(unit.given[table])
    own = [column for column in page.columns if column.key not in {c.CODE, c.BRANCH, c.NAME}]
    for column in own:
        unit.cells[f"{table}.{at}.{column.key}"] = Cell(page.title, row.number, column.key)
    unit.cells[f"{table}.{at}"] = Cell(page.title, row.number, own[0].key)
    unit.cells.setdefault(table, unit.cells[f"{table}.{at}"])
    unit.given[table].append({column.key: row.values[column.key] or None for column in own})


def _factor(unit: UnitRow, page: SheetPage, row: SheetRow) -> None:
    """A factor goes to its class: the one that is written, else that of the factor."""
    cells = {column.key: Cell(page.title, row.number, column.key) for column in page.columns}
    written, kind = row.values["factor_code"], row.values[c.CLASS]
    if kind and kind not in _CLASSES:
        unit.wrong(cells[c.CLASS], f"没有“{kind[:_SHOWN]}”，可填：{'、'.join(_CLASSES)}", "label_unknown")
        return
    code, entry = _factor_of(written, _CLASSES.get(kind))
    class_code = _CLASSES.get(kind) or (entry.class_code if entry else None)
    if code is None or class_code is None:
        unit.wrong(cells["factor_code"], f"目录中没有“{written[:_SHOWN]}”，请从下拉列表中选择", "factor_unknown")
        return
    hazards = unit.given[HAZARDS]
    at = next((at for at, each in enumerate(hazards) if each["class_code"] == class_code.value), len(hazards))
    if at == len(hazards):
        hazards.append({"class_code": class_code.value, "exposed_count": None, "factors": []})
        total = Cell(c.MAIN.title, unit.row.number, c.of_class(class_code.value))
        unit.cells[f"{HAZARDS}.{at}.exposed_count"] = unit.cells[f"{HAZARDS}.{at}"] = total
    path = f"{HAZARDS}.{at}.factors.{len(hazards[at]['factors'])}"
    for name in ("factor_code", "own_name", "exposed_count"):
        unit.cells[f"{path}.{name}"] = cells[name]
    names = {name: row.values[name] or None for name in ("own_name", "exposed_count")}
    hazards[at]["factors"].append({"factor_code": code, **names})


def _factor_of(written: str, class_code: HazardClass | None) -> tuple[str | None, catalogue.Factor | None]:
    """(code, entry of today's catalogue): by the code with which it begins, else by its name within the class."""
    first = written.split()[0].upper() if written.split() else ""
    if entry := catalogue.current().get(first):
        return entry.code, entry
    if first and catalogue.name_of(first) != first:
        return first, None  # of an older edition: the form asks for another
    for each in (class_code,) if class_code else HazardClass:
        if entry := catalogue.current().named(written, each):
            return entry.code, entry
    return None, None


def _place_classes(unit: UnitRow) -> None:
    """What is wrong with a class as a whole is said at its 接触总人数."""
    for at in range(len(unit.given[HAZARDS])):
        total = unit.cells[f"{HAZARDS}.{at}.exposed_count"]
        unit.cells |= {f"{HAZARDS}.{at}": total, f"{HAZARDS}.{at}.factors": total}


def column_of(cell: Cell) -> Column:
    """The column in which it stands."""
    page = next(each for each in c.PAGES if each.title == cell.page)
    return next(each for each in page.columns if each.key == cell.key)
