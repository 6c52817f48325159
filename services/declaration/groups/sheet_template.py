"""The sheet as it goes out, and as it goes back with what is wrong in it (BEY-17): each branch as it stands, without its phone and secret
products. What cannot be filled in now, because it is being reviewed or its unit is stopped, is not on it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.declaration.clock.models import DueDate
from services.declaration.declarations.models import Declaration
from services.declaration.form.choices import DeclarationKind
from services.declaration.form.table import BY_NAME, FIELDS, HAZARDS, PHONE, words_for
from services.declaration.groups import sheet_columns as c
from services.declaration.groups.models import GroupMember
from services.declaration.groups.sheet_judging import Known, stamp_of
from services.declaration.groups.sheet_rows import BadCell, GroupSheet
from shared.sheets import Marked, SheetPage, write_pages

_Rows = dict[str, list[Marked]]


def template(known: Known, due: Mapping[Any, DueDate]) -> bytes:
    """Every member that can be filled in now."""
    rows: _Rows = {page.title: [] for page in c.PAGES}
    for member in known.members.values():
        standing, last = known.open_ones.get(member.employer_id), known.last.get(member.employer_id)
        if _can_be_filled(member, standing, last):
            _add(rows, member, standing, last, due.get(member.employer_id))
    return write_pages((page, rows[page.title]) for page in c.PAGES)


def _can_be_filled(member: GroupMember, standing: Declaration | None, last: Declaration | None) -> bool:
    if standing is not None:
        return member.employer.active and standing.status.is_editable
    return member.employer.active and (last is None or last.kind is not DeclarationKind.CANCELLATION)


def _add(
    rows: _Rows, member: GroupMember, standing: Declaration | None, last: Declaration | None, due: DueDate | None
) -> None:
    employer, base = member.employer, standing or last
    key = {c.CODE: employer.credit_code, c.BRANCH: employer.branch_no, c.NAME: employer.name}
    main: dict[str, object] = {**key, c.STAMP: stamp_of(standing, last), **_kind(standing, last, due)}
    if base is not None:
        main |= dict(_plain(base, own=standing is not None))
        for hazard in base.hazards:
            main[c.of_class(hazard.class_code.value)] = hazard.exposed_count
        for table, (_, names) in c.ITEMS.items():
            for row in getattr(base, table):
                main |= {c.of_item(table, row["item"], name): row.get(name) for name in names}
        for page, own in _more(base):
            rows[page.title].append(({**key, **own}, {}))
    rows[c.MAIN.title].append((main, {}))


def _kind(standing: Declaration | None, last: Declaration | None, due: DueDate | None) -> dict[str, object]:
    """What the law asks for next, where nothing has been begun."""
    if standing is not None:
        return {}
    if last is None:
        return {"kind": DeclarationKind.INITIAL.label}
    kind, reason = (due.kind, due.change_reason) if due is not None else (DeclarationKind.CHANGE, None)
    return {"kind": kind.label, "change_reason": reason.label if reason else None}


def _plain(base: Declaration, *, own: bool) -> Iterator[tuple[str, object]]:
    for each in FIELDS:
        if each.name == PHONE or (not own and each.name in {"kind", "change_reason", "ended_on"}):
            continue
        value = getattr(base, each.name)
        if each.name == "industry" and value:
            yield each.name, f"{value} {words_for(each.name, value)}"
        elif each.kind.name == "switch":
            yield each.name, c.YES if value else None
        else:
            yield each.name, words_for(each.name, value) if BY_NAME[each.name].kind.choices else value


def _more(base: Declaration) -> Iterator[tuple[SheetPage, dict[str, object]]]:
    for hazard in base.hazards:
        for factor in hazard.factors:
            yield (
                c.OF_TABLE[HAZARDS],
                {
                    c.CLASS: hazard.class_code.label,
                    "factor_code": c.factor_words(factor.factor_code, base.catalogue),
                    "own_name": factor.own_name,
                    "exposed_count": factor.exposed_count,
                },
            )
    for table in ("sites", "products"):
        for row in [] if table == "products" and base.confidential else getattr(base, table):
            yield c.OF_TABLE[table], dict(row)


def annotated(sheet: GroupSheet) -> bytes:
    """The sheet as it came, its bad cells red with the reason beside them, to be corrected and sent again."""
    marks: dict[tuple[str, int], dict[str, str]] = {}
    for each in _all_bad(sheet):
        marks.setdefault((each.cell.page, each.cell.row), {}).setdefault(each.cell.key, each.reason)
    return write_pages(
        (page, ((row.values, marks.get((page.title, row.number), {})) for row in sheet.pages[page.title].rows))
        for page in c.PAGES
    )


def _all_bad(sheet: GroupSheet) -> Iterable[BadCell]:
    for unit in sheet.units:
        # What blocks is said first.
        yield from sorted(unit.bad, key=lambda each: not each.blocks)
    yield from sheet.strays
