"""A group's sheet taken in (BEY-17): the template with everybody as he stands, what an uploaded one would come to, and each branch's draft
made or changed by the use cases that the branch has itself. What somebody has edited since the template was made is named, and not
overwritten unless that is asked for; the same sheet again changes nothing.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.bodies import DeclarationCreate, DeclarationUpdate
from services.declaration.declarations.workflow import DECLARATION
from services.declaration.form.table import PHONE
from services.declaration.groups import filling_service as filling
from services.declaration.groups import repository, sheet_template
from services.declaration.groups.models import GroupMember
from services.declaration.groups.service import MOST_MEMBERS
from services.declaration.groups.sheet_columns import PAGES
from services.declaration.groups.sheet_judging import Judged, Known, judge
from services.declaration.groups.sheet_rows import BadCell, GroupSheet, Key, UnitRow, column_of, read_group
from services.declaration.groups.sheet_schemas import (
    GroupSheetCell,
    GroupSheetReport,
    GroupSheetRow,
    RowOutcome,
)
from services.declaration.industries.service import is_known
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.history import changes_of
from shared.errors import AppError, InvalidInput, NotFound
from shared.identity import Actor
from shared.messages import message_for
from shared.sheets import column_letter, read_pages
from shared.uploads import SHEETS, kind_of_upload

MAX_ROWS: Final = 10_000
_SHOWN: Final = 50


class TooManyUnits(InvalidInput):
    code = "sheet_too_long"
    detail = f"一次最多 {MOST_MEMBERS} 个单位，请分成几个文件上传"


@dataclass(frozen=True)
class UploadedGroup:
    """The file, and what it holds."""

    data: bytes
    sheet: GroupSheet


async def read_upload(data: bytes, name: str) -> UploadedGroup:
    """Raises what ``kind_of_upload`` and ``read_pages`` raise, and ``TooManyUnits``."""
    kind_of_upload(data, name=name, kinds=SHEETS)
    return UploadedGroup(data, await read_bytes(data))


async def read_bytes(data: bytes) -> GroupSheet:
    """As ``read_upload``, of a file that was let in before."""
    pages = await read_pages(data, PAGES, max_rows=MAX_ROWS)
    if len(pages[0].rows) > MOST_MEMBERS:
        raise TooManyUnits
    return await asyncio.to_thread(read_group, pages)


async def make_template(session: AsyncSession, actor: Actor) -> bytes:
    """Every member that can be filled in now."""
    members = await repository.joined_of(session, actor)
    known = await _known(session, members)
    due = await repository.due_of(session, [each.employer_id for each in members])
    return await asyncio.to_thread(sheet_template.template, known, due)


async def _known(session: AsyncSession, members: Sequence[GroupMember], units: Iterable[UnitRow] = ()) -> Known:
    open_ones, last = await repository.declarations_of(session, [each.employer_id for each in members])
    written = {str(each.given["industry"]) for each in units if each.given.get("industry")}
    unknown = frozenset([code for code in sorted(written) if not await is_known(session, code)])
    return Known({key_of(each): each for each in members}, open_ones, last, unknown)


def key_of(member: GroupMember) -> Key:
    return member.employer.credit_code, member.employer.branch_no


async def preview(session: AsyncSession, actor: Actor, sheet: GroupSheet) -> GroupSheetReport:
    """What would come of each branch; nothing is written."""
    judged = await _judged(session, actor, sheet)
    rows = [await _row(session, each) for each in judged]
    return report_of(sheet, rows, applied=False)


async def _judged(session: AsyncSession, actor: Actor, sheet: GroupSheet) -> list[Judged]:
    known = await _known(session, await repository.joined_of(session, actor), sheet.units)
    now = now_utc()
    return await asyncio.to_thread(lambda: [judge(unit, known, now) for unit in sheet.units])


async def mark(session: AsyncSession, actor: Actor, sheet: GroupSheet) -> bytes:
    """The sheet back with what is wrong in its cells."""
    await _judged(session, actor, sheet)
    return await asyncio.to_thread(sheet_template.annotated, sheet)


async def take_in(session: AsyncSession, actor: Actor, unit: UnitRow, *, overwrite: bool) -> GroupSheetRow:
    """One branch of the sheet: its draft is made, changed, or left with the reason. The branch is held until the transaction ends."""
    # No credit code is blank: nobody has that of such a row.
    same = await repository.joined_of(session, actor, credit_code=unit.key[0] or "-")
    known = await _known(session, same, [unit])
    member = known.members.get(unit.key)
    if member is None:
        return await _row(session, judge(unit, known, now_utc()))
    try:
        async with session.begin_nested():
            held, acting = await filling.hold_member(session, actor, member.id)
            return await _take_in_held(session, held, acting, unit, overwrite=overwrite)
    except NotFound:
        gone = Known({}, {}, {})
        return await _row(session, judge(unit, gone, now_utc()))
    except AppError as error:
        refused = Judged(unit, member, RowOutcome.WRONG)
        unit.wrong(unit.at, filling.told(error), error.code)
        return await _row(session, refused)


async def _take_in_held(
    session: AsyncSession, member: GroupMember, acting: Actor, unit: UnitRow, *, overwrite: bool
) -> GroupSheetRow:
    judged = judge(unit, await _known(session, [member], [unit]), now_utc())
    wanted = {RowOutcome.READY, RowOutcome.CONFLICT} if overwrite else {RowOutcome.READY}
    if judged.outcome not in wanted:
        return await _row(session, judged)
    try:
        if judged.standing is None:
            await filling.begin_held(session, member, acting, DeclarationCreate.model_validate(judged.given))
        else:
            update, version = DeclarationUpdate.model_validate(judged.given), judged.standing.version
            await filling.change_held(session, judged.standing, acting, update, version)
    except ValidationError as invalid:  # what the check reads more kindly than the record
        judged.outcome = RowOutcome.WRONG
        unit.wrong(unit.at, message_for(invalid.errors()[0]), "invalid_value")
        return await _row(session, judged)
    judged.outcome = RowOutcome.SAVED
    return await _row(session, judged)


async def _row(session: AsyncSession, judged: Judged) -> GroupSheetRow:
    unit, member = judged.unit, judged.member
    written = unit.row.values
    return GroupSheetRow(
        row=unit.row.number,
        member_id=member.id if member else None,
        employer_name=(member.employer.name if member else written["employer_name"])[:_SHOWN],
        credit_code=unit.key[0][:_SHOWN],
        outcome=judged.outcome,
        why=await _why(session, judged),
        problems=judged.problems,
        cells=[_cell(written_of(unit, each), each) for each in unit.bad],
    )


async def _why(session: AsyncSession, judged: Judged) -> str:
    """Who has edited it since."""
    if judged.outcome is not RowOutcome.CONFLICT:
        return ""
    if judged.standing is None:
        return "下载模板之后，该单位的申报已审核通过或已删除；请重新下载模板"
    changes = await changes_of(session, DECLARATION, judged.standing.id)
    who = f"{changes[-1].actor_name}在下载模板之后修改了该申报；" if changes else ""
    return f"{who}未覆盖，如确需以表格为准，请选择覆盖"


def written_of(unit: UnitRow, bad: BadCell) -> str:
    """What stands in the cell, where that is on its own row; a phone masked (PLAT-05)."""
    if bad.cell.page != PAGES[0].title:
        return ""
    value = unit.row.values.get(bad.cell.key, "")[:_SHOWN]
    return mask_phone(value) if bad.cell.key == PHONE and value else value


def _cell(value: str, bad: BadCell) -> GroupSheetCell:
    page = next(each for each in PAGES if each.title == bad.cell.page)
    column = column_of(bad.cell)
    letter = column_letter(page.columns.index(column))
    return GroupSheetCell(
        page=bad.cell.page,
        row=bad.cell.row,
        column=f"{letter} {column.title}",
        value=value,
        reason=bad.reason,
        code=bad.code,
        blocks=bad.blocks,
    )


def report_of(sheet: GroupSheet, rows: Sequence[GroupSheetRow], *, applied: bool) -> GroupSheetReport:
    """``rows`` are those that have been looked at."""
    found = [each.outcome for each in rows]
    return GroupSheetReport(
        total=len(sheet.units),
        ready=found.count(RowOutcome.READY),
        same=found.count(RowOutcome.SAME),
        conflicts=found.count(RowOutcome.CONFLICT),
        wrong=found.count(RowOutcome.WRONG),
        saved=found.count(RowOutcome.SAVED),
        rows=list(rows),
        strays=[_cell("", each) for each in sheet.strays],
        notes=list(sheet.notes),
        applied=applied,
    )
