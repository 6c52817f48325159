"""Many people at once from a sheet (BEY-07): all in one transaction, with a fixed number of statements however many rows there are.
The same file again changes nothing.
"""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.filings.service import require_open
from services.training.institutions.service import hold_own_unit
from services.training.personnel import repository, service
from services.training.personnel.models import StaffMember
from services.training.personnel.schemas import file_values
from services.training.personnel.sheet import PersonRow, read_people
from services.training.personnel.workflow import EMPLOYMENT
from shared.identifiers import new_id
from shared.identity import Actor
from shared.web.uploads import SHEETS, check_upload
from shared.workflow.apply import apply


class ImportMode(StrEnum):
    """``all`` takes the whole sheet or nothing; ``good_rows`` leaves the bad ones out; ``preview`` changes nothing."""

    PREVIEW = "preview"
    ALL = "all"
    GOOD_ROWS = "good_rows"


class ImportProblem(BaseModel):
    """One bad cell; ``row`` is Excel's number, ``column`` letter and title."""

    row: int
    column: str
    value: str
    reason: str
    code: str


class ImportReport(BaseModel):
    """``ready`` rows have nothing wrong; of these so many are (or, without ``applied``, would be) new, changed, as they were."""

    total: int
    ready: int
    created: int
    updated: int
    unchanged: int
    errors: list[ImportProblem]
    applied: bool


async def import_people(
    session: AsyncSession, *, actor: Actor, data: bytes, file_name: str, mode: ImportMode
) -> ImportReport:
    """Takes a sheet into the actor's unit. Bad rows are told, not raised; a file that is no such sheet raises what ``check_upload``
    and ``read_sheet`` do."""
    await asyncio.to_thread(check_upload, data, name=file_name, kinds=SHEETS)
    sheet = await asyncio.to_thread(read_people, data)
    applied = bool(sheet.good) and (mode is ImportMode.GOOD_ROWS or (mode is ImportMode.ALL and not sheet.errors))
    counts = await (_take_in if applied else _compare)(session, actor, sheet.good)
    return ImportReport(
        total=sheet.total,
        ready=len(sheet.good),
        created=counts[0],
        updated=counts[1],
        unchanged=counts[2],
        errors=[ImportProblem(**vars(error)) for error in sheet.errors],
        applied=applied,
    )


Counts = tuple[int, int, int]


async def _compare(session: AsyncSession, actor: Actor, rows: Sequence[PersonRow]) -> Counts:
    people = await repository.people_of(session, [row.body.resident_id for row in rows])
    files = await repository.staff_of_people(session, actor.organisation_id, list(people.values()))
    known = [(files.get(people[row.body.resident_id]) if row.body.resident_id in people else None, row) for row in rows]
    created = sum(staff is None for staff, _ in known)
    updated = sum(staff is not None and _differs(staff, row) for staff, row in known)
    return created, updated, len(rows) - created - updated


async def _take_in(session: AsyncSession, actor: Actor, rows: Sequence[PersonRow]) -> Counts:
    await require_open(session, actor)
    await hold_own_unit(session, actor)
    people = await repository.get_or_create_people(session, [row.body.resident_id for row in rows])
    files = await repository.staff_of_people(session, actor.organisation_id, list(people.values()))
    created = updated = 0
    for row in rows:
        person_id = people[row.body.resident_id]
        staff = files.get(person_id)
        if staff is None:
            _add(session, actor, person_id, row)
            created += 1
        elif _differs(staff, row):
            await _change(session, actor, staff, row)
            updated += 1
    await session.flush()
    return created, updated, len(rows) - created - updated


def _written(row: PersonRow) -> dict[str, Any]:
    """What the row says; a blank cell says nothing, so that what the file already has stays."""
    return row.body.model_dump(include=row.body.model_fields_set - {"resident_id"})


def _differs(staff: StaffMember, row: PersonRow) -> bool:
    new_status = row.status is not None and row.status is not staff.status
    return new_status or any(getattr(staff, name) != value for name, value in _written(row).items())


def _add(session: AsyncSession, actor: Actor, person_id: UUID, row: PersonRow) -> None:
    values = {**file_values(row.body), "status": row.status or EMPLOYMENT.initial}
    staff = StaffMember(id=new_id(), unit_id=actor.organisation_id, person_id=person_id, **values)
    session.add(staff)
    service.remember_new(session, actor, staff.id, row.body.resident_id, values)


async def _change(session: AsyncSession, actor: Actor, staff: StaffMember, row: PersonRow) -> None:
    service.change_values(session, actor, staff, _written(row))
    if row.status is not None and row.status is not staff.status:
        action = next(step.action for step in EMPLOYMENT.transitions if step.target is row.status)
        await apply(session, EMPLOYMENT, staff, action, actor=actor)
