"""Industries from a sheet: the 中类 and 小类 that the shipped table does not hold, or other names. A row whose code is known renames
it, the same file again changes nothing.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.industries import repository
from services.declaration.industries.models import Industry
from services.declaration.industries.schemas import IndustryRow, parent_of
from shared.db.history import RecordType
from shared.identifiers import new_id
from shared.identity import SYSTEM
from shared.reference.pinyin import initials
from shared.reference.tables import row as shipped
from shared.sheets import Column, RowError, read_table
from shared.sheets.entries import Entries, Entry, Taken, read_entries
from shared.wording import Word

INDUSTRY: Final = RecordType("industry", words={"code": Word("行业代码"), "name": Word("行业名称")})
MAX_ROWS: Final = 5000
COLUMNS = (
    Column("code", "行业代码", required=True, help="门类字母加数字，如 C、C26、C261、C2614"),
    Column("name", "行业名称", required=True, width=36),
)


async def read_industries(data: bytes, name: str) -> Entries[IndustryRow]:
    """Raises what ``read_table`` raises."""
    return read_entries(await read_table(data, COLUMNS, name=name, max_rows=MAX_ROWS), COLUMNS, IndustryRow, "code")


async def import_industries(
    session: AsyncSession, entries: Entries[IndustryRow], *, write: bool, skip_bad: bool
) -> Taken:
    """Takes a sheet whole or, when a row is bad and ``skip_bad`` does not let it be left out, not at all; without ``write`` it only says
    what would come of it."""
    codes = {entry.body.code for entry in entries.good}
    known = await repository.by_codes(session, codes | {parent_of(code) for code in codes})
    good, orphans = _placed(entries.good, set(known))
    errors = [*entries.errors, *orphans]
    applied = write and (skip_bad or not errors)
    new = [row for row in good if row.code not in known and _shipped_name(row) != row.name]
    renamed = [row for row in good if row.code in known and known[row.code].name != row.name]
    if applied:
        _write(session, new, renamed, known)
        await session.flush()
    told = tuple(sorted(errors, key=lambda error: (error.row, error.column)))
    created = sum(_shipped_name(row) is None for row in new)
    changed = len(new) + len(renamed) - created
    return Taken(entries.total, created, changed, len(good) - created - changed, told, applied)


def _placed(entries: Sequence[Entry[IndustryRow]], known: set[str]) -> tuple[list[IndustryRow], list[RowError]]:
    """Those whose parent is there, in this file or before it, a parent before what lies in it."""
    good: list[IndustryRow] = []
    orphans: list[RowError] = []
    there = set(known)
    for entry in sorted(entries, key=lambda entry: entry.body.code):
        parent = parent_of(entry.body.code)
        if parent and parent not in there and shipped("industries", parent) is None:
            orphans.append(
                entry.error("code", f"上级行业 {parent} 不在行业分类中，请一并导入或核对代码", "parent_unknown")
            )
            continue
        there.add(entry.body.code)
        good.append(entry.body)
    return good, orphans


def _shipped_name(row: IndustryRow) -> str | None:
    present = shipped("industries", row.code)
    return present.name if present else None


def _write(
    session: AsyncSession, new: list[IndustryRow], renamed: list[IndustryRow], known: dict[str, Industry]
) -> None:
    for row in new:
        pinyin = initials(row.name).upper()
        added = Industry(id=new_id(), code=row.code, name=row.name, pinyin=pinyin, parent=parent_of(row.code))
        session.add(added)
        after = {"code": row.code, "name": row.name}
        INDUSTRY.note(session, added.id, "create", actor=SYSTEM, after=after)
    for row in renamed:
        industry = known[row.code]
        before, industry.name, industry.pinyin = industry.name, row.name, initials(row.name).upper()
        INDUSTRY.note(session, industry.id, "update", actor=SYSTEM, before={"name": before}, after={"name": row.name})
