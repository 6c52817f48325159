"""Many people at once from a sheet (BEY-07): a small sheet is answered at once, a large one becomes a job (``import_job``). Rows go in some
hundred at a time with a fixed number of statements; the same file again changes nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.accepted.service import MISSES, refused
from services.training.people.filings.service import require_open
from services.training.people.institutions.service import hold_own_unit
from services.training.people.jobs.kinds import JOBS, PERSONNEL_IMPORT
from services.training.people.jobs.models import Job
from services.training.people.personnel import bulk_repository, elsewhere, repository, service
from services.training.people.personnel.identity import NAME_CERTIFIED, certified
from services.training.people.personnel.import_schemas import ImportCell, ImportLine, ImportProblem, ImportReport
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.schemas import file_values
from services.training.people.personnel.sheet import (
    COLUMNS,
    MAX_ROWS,
    PeopleSheet,
    PersonRow,
    annotated,
    check_people,
    masked_value,
)
from services.training.people.personnel.workflow import EMPLOYMENT, EmploymentStatus
from shared.errors import Conflict
from shared.identifiers import new_id
from shared.identity import Actor
from shared.sheets import RowError, read_if_small
from shared.storage import Storage
from shared.tasks.jobs import start_job
from shared.uploads import SHEETS, kind_of_upload
from shared.workflow.apply_all import apply_all

AT_ONCE = 500
"""More rows than this are a job."""
TOLD = 500
"""A job's report names so many errors; its file names all."""
SHOWN_LINES = 100
"""So many rows of a sheet are shown."""


class ImportMode(StrEnum):
    """``all`` takes the whole sheet or nothing; ``good_rows`` leaves the bad ones out; ``preview`` changes nothing."""

    PREVIEW = "preview"
    ALL = "all"
    GOOD_ROWS = "good_rows"


@dataclass(frozen=True)
class Counts:
    """What became of the good rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged)


@dataclass(frozen=True)
class UploadedPeople:
    """``people`` are those of a sheet that is answered at once; a larger one is read again by its job."""

    data: bytes
    rows: int
    people: PeopleSheet | None


async def read_upload(data: bytes, name: str) -> UploadedPeople:
    """Raises what ``kind_of_upload`` and ``read_sheet`` raise: for a file that is no such sheet, or has more than ``MAX_ROWS`` rows."""
    kind_of_upload(data, name=name, kinds=SHEETS)
    rows, sheet = await read_if_small(data, COLUMNS, small=AT_ONCE, max_rows=MAX_ROWS)
    return UploadedPeople(data, rows, await asyncio.to_thread(check_people, sheet) if sheet else None)


async def import_people(
    session: AsyncSession, storage: Storage, *, actor: Actor, uploaded: UploadedPeople, mode: ImportMode
) -> ImportReport | Job:
    """Takes a sheet into the actor's unit, or begins the job that does. Bad rows are told, not raised."""
    sheet = uploaded.people
    if sheet is None:
        if mode is not ImportMode.PREVIEW:
            await require_open(session, actor)
        await elsewhere.require_guesses_left(session, actor)
        kind, arguments = PERSONNEL_IMPORT.name, {"mode": mode.value}
        return await start_job(
            session,
            storage,
            JOBS,
            actor=actor,
            kind=kind,
            arguments=arguments,
            total=uploaded.rows,
            data=uploaded.data,
        )
    await elsewhere.require_guesses_left(session, actor)
    sheet = await without_others(session, actor, sheet)
    applied = is_applied(sheet, mode)
    counts = await (take_in if applied else compare)(session, actor, sheet.good)
    report = report_of(sheet, counts, applied=applied, told=None)
    report.columns, report.lines = [column.title for column in COLUMNS], lines_of(sheet)
    return report


class SheetTooLongToMark(Conflict):
    code = "sheet_too_long_to_mark"
    detail = f"超过 {AT_ONCE} 行的表格请先检查，检查完成后在后台任务中下载错误明细"


async def mark(session: AsyncSession, actor: Actor, uploaded: UploadedPeople) -> bytes:
    """The sheet back with what is wrong in its cells. Raises SheetTooLongToMark, and what a preview raises."""
    if uploaded.people is None:
        raise SheetTooLongToMark
    await elsewhere.require_guesses_left(session, actor)
    sheet = await without_others(session, actor, uploaded.people)
    return await asyncio.to_thread(annotated, sheet)


def lines_of(sheet: PeopleSheet) -> list[ImportLine]:
    """The rows as they came; of more than ``SHOWN_LINES`` the bad ones."""
    reasons = sheet.reasons()
    rows = sheet.rows if len(sheet.rows) <= SHOWN_LINES else [row for row in sheet.rows if row.number in reasons]
    return [
        ImportLine(
            row=row.number,
            cells=[
                ImportCell(
                    text=masked_value(column, row.values.get(column.key, "")),
                    reason=reasons.get(row.number, {}).get(column.title),
                )
                for column in COLUMNS
            ],
        )
        for row in rows[:SHOWN_LINES]
    ]


async def without_others(session: AsyncSession, actor: Actor, sheet: PeopleSheet) -> PeopleSheet:
    """The sheet with those whom another unit has among its errors, who are counted as guesses (PLAT-06), and those whose certificate bears
    another name than the sheet says (STAFF-15)."""
    sheet = await _without_unproven(session, actor, sheet)
    people = await repository.people_of(session, [row.body.resident_id for row in sheet.good])
    rows = {people[row.body.resident_id]: row for row in sheet.good if row.body.resident_id in people}
    files = await repository.staff_of_people(session, actor.organisation_id, list(rows))
    names = {person_id: row.body.name for person_id, row in rows.items() if person_id not in files}
    resuming = [person_id for person_id, staff in files.items() if rows[person_id].status is not None]
    refused = await elsewhere.found(session, actor, names, resuming=resuming)
    await elsewhere.count_guesses(session, actor, len(refused))
    written = [(staff, rows[person_id].body.name) for person_id, staff in files.items()]
    renamed = await certified(session, [(staff, name) for staff, name in written if name])
    told = {**refused, **{each: NAME_CERTIFIED for each, staff in files.items() if staff.id in renamed}}
    return _left_out(
        sheet, [replace(rows[each].refused, reason=why.message, code=why.code) for each, why in told.items()]
    )


async def _without_unproven(session: AsyncSession, actor: Actor, sheet: PeopleSheet) -> PeopleSheet:
    """Numbers that miss their check digit pass where the unit has the person on file, or the province has accepted them (STAFF-15)."""
    if not sheet.doubtful:
        return sheet
    people = await repository.people_of(session, [each.resident_id for each in sheet.doubtful])
    files = await repository.staff_of_people(session, actor.organisation_id, list(people.values()))
    new = [each for each in sheet.doubtful if people.get(each.resident_id) not in files]
    wrong = await refused(session, {each.resident_id: each.name for each in new})
    bad = [each.refused for each in new if each.resident_id in wrong]
    return _left_out(sheet, [replace(each, reason=MISSES.message, code=MISSES.code) for each in bad])


def _left_out(sheet: PeopleSheet, errors: Sequence[RowError]) -> PeopleSheet:
    bad = {error.row for error in errors}
    good = tuple(row for row in sheet.good if row.number not in bad)
    told = tuple(sorted((*errors, *sheet.errors), key=lambda error: error.row))
    return replace(sheet, good=good, errors=told, doubtful=())


def is_applied(sheet: PeopleSheet, mode: ImportMode) -> bool:
    """Whether the sheet's good rows are to be taken in."""
    return bool(sheet.good) and (mode is ImportMode.GOOD_ROWS or (mode is ImportMode.ALL and not sheet.errors))


def report_of(sheet: PeopleSheet, counts: Counts, *, applied: bool, told: int | None) -> ImportReport:
    """What is said of a sheet; at most ``told`` of its errors (None: all)."""
    return ImportReport(
        total=sheet.total,
        ready=len(sheet.good),
        **vars(counts),
        error_count=len(sheet.errors),
        errors=[ImportProblem(**vars(error)) for error in sheet.errors[:told]],
        notes=list(sheet.notes),
        applied=applied,
    )


async def compare(session: AsyncSession, actor: Actor, rows: Sequence[PersonRow]) -> Counts:
    """What ``take_in`` would do with these rows."""
    people = await repository.people_of(session, [row.body.resident_id for row in rows])
    files = await repository.staff_of_people(session, actor.organisation_id, list(people.values()))
    known = [(files.get(people[row.body.resident_id]) if row.body.resident_id in people else None, row) for row in rows]
    created = sum(staff is None for staff, _ in known)
    updated = sum(staff is not None and _differs(staff, row) for staff, row in known)
    return Counts(created, updated, len(rows) - created - updated)


async def take_in(session: AsyncSession, actor: Actor, rows: Sequence[PersonRow]) -> Counts:
    """Adds those who are not there and changes those who differ; a repetition finds nothing to do. Raises what ``require_open`` does."""
    await require_open(session, actor)
    await hold_own_unit(session, actor)
    people = await repository.get_or_create_people(session, [row.body.resident_id for row in rows])
    files = await repository.staff_of_people(session, actor.organisation_id, list(people.values()))
    fresh = [row for row in rows if people[row.body.resident_id] not in files]
    await _add(session, actor, [(people[row.body.resident_id], row) for row in fresh])
    known = [(files.get(people[row.body.resident_id]), row) for row in rows]
    changed = [(staff, row) for staff, row in known if staff is not None and _differs(staff, row)]
    await _change(session, actor, changed)
    return Counts(len(fresh), len(changed), len(rows) - len(fresh) - len(changed))


def _written(row: PersonRow) -> dict[str, object]:
    """What the row says; a blank cell says nothing, so that what the file already has stays."""
    return row.body.model_dump(include=row.body.model_fields_set - {"resident_id"})


def _differs(staff: StaffMember, row: PersonRow) -> bool:
    new_status = row.status is not None and row.status is not staff.status
    return new_status or any(getattr(staff, name) != value for name, value in _written(row).items())


async def _add(session: AsyncSession, actor: Actor, rows: Sequence[tuple[UUID, PersonRow]]) -> None:
    files: list[dict[str, object]] = []
    for person_id, row in rows:
        values = {**file_values(row.body), "status": row.status or EMPLOYMENT.initial}
        staff_id = new_id()
        file = {"id": staff_id, "unit_id": actor.organisation_id, "person_id": person_id, **values}
        files.append(file)
        service.remember_new(session, actor, staff_id, row.body.resident_id, values)
    await bulk_repository.insert_files(session, files)
    await session.flush()


async def _change(session: AsyncSession, actor: Actor, rows: Sequence[tuple[StaffMember, PersonRow]]) -> None:
    moving: dict[EmploymentStatus, list[StaffMember]] = {}
    for staff, row in rows:
        await service.change_values(session, actor, staff, _written(row))
        if row.status is not None and row.status is not staff.status:
            moving.setdefault(row.status, []).append(staff)
    for status, moved in moving.items():
        action = next(step.action for step in EMPLOYMENT.transitions if step.target is status)
        await apply_all(session, EMPLOYMENT, moved, action, actor=actor)
    await session.flush()
