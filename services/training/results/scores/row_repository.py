"""The rows of a score sheet: made out of the placements until it is published, one per person and 考核组 (X30), and read with their
people. Who came after gets a row, who was returned loses it; a place that is only offered is nobody's yet.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, lazyload, load_only

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.models import Placement
from services.training.enrolment.registrations.models import Registration
from services.training.people.personnel.models import StaffMember
from services.training.plans.models import PlanSpecialty, Specialty
from services.training.results.scores.groups import Group, Placed, Sitting, group_of, sittings
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.workflow import SCORE_SHEET
from shared.db.history import History
from shared.identifiers import new_id

# A sheet of thousands is read for each paste: no phone is decrypted, and no plan and no file is made, that nobody is shown.
_AS_SHOWN = joinedload(Result.registration).options(
    load_only(Registration.unit_name),
    lazyload(Registration.plan),
    lazyload(Registration.specialties),
    joinedload(Registration.staff).load_only(StaffMember.name, StaffMember.sex, StaffMember.person_id),
)
Lost = dict[UUID, tuple[str | None, bool | None]]


async def labels(session: AsyncSession) -> dict[str, str]:
    """Code → label of every specialty, in the dictionary's order."""
    rows = await session.execute(select(Specialty.code, Specialty.label).order_by(Specialty.position))
    return {row[0]: row[1] for row in rows}


async def exam_groups_of(session: AsyncSession, class_session_id: UUID) -> dict[str, int | None]:
    """Specialty → 考核组 of the session's plan."""
    found = select(PlanSpecialty.specialty_code, PlanSpecialty.exam_group).join(
        ClassSession, ClassSession.plan_id == PlanSpecialty.plan_id
    )
    rows = await session.execute(found.where(ClassSession.id == class_session_id))
    return {row[0]: row[1] for row in rows}


async def _placed_in(session: AsyncSession, class_session_id: UUID) -> list[Placed]:
    columns = select(Placement.registration_id, Placement.specialty_code, Placement.unit_id)
    mine = Placement.class_session_id == class_session_id
    return [Placed(*row) for row in await session.execute(columns.where(mine, Placement.waiting_entry_id.is_(None)))]


async def follow_placements(session: AsyncSession, sheet: ScoreSheet) -> Lost:
    """Makes, keeps and drops rows, so that there is one per person and 考核组; the sheet is locked by the caller. Gives back the marks
    that went with their rows. Of rows that a changed 考核组 puts together the mark stays when all agree on it."""
    groups = await exam_groups_of(session, sheet.class_session_id)
    wanted = sittings(await _placed_in(session, sheet.class_session_id), groups)
    if await _is_followed(session, sheet, wanted.values()):
        return {}
    await session.refresh(sheet, ["results"])
    kept: dict[tuple[UUID, Group], Result] = {}
    lost: Lost = {}
    for row in sheet.results:
        key = (row.registration_id, group_of(row.specialty_code, groups))
        first = kept.setdefault(key, row) if key in wanted else None
        if first is row:
            continue
        if first is None:
            _lose(lost, row)
        elif (first.score, first.passed) != (row.score, row.passed):
            _lose(lost, row)
            _lose(lost, first)
            first.score = first.passed = None
        await session.delete(row)
    # Before anything is renamed or made: a code that a dropped row had may be another row's now.
    await session.flush()
    for key, row in kept.items():
        _rename(row, wanted[key])
    await session.flush()
    await _make(session, sheet, [each for key, each in wanted.items() if key not in kept])
    await session.refresh(sheet, ["results"])
    return lost


async def _is_followed(session: AsyncSession, sheet: ScoreSheet, wanted: Iterable[Sitting]) -> bool:
    """Whether the rows, as they are loaded and as the database has them, are those that are ``wanted``: nearly always, and then nothing
    of thousands is loaded anew for one cell."""
    columns = (Result.id, Result.registration_id, Result.unit_id, Result.specialty_code, Result.specialties)
    rows = (await session.execute(select(*columns).where(Result.sheet_id == sheet.id))).all()
    there = {(row[1], row[2], row[3], tuple(row[4])) for row in rows}
    due = {(each.registration_id, each.unit_id, each.specialties[0], each.specialties) for each in wanted}
    return there == due and len(rows) == len(due) and {row[0] for row in rows} == {each.id for each in sheet.results}


def _lose(lost: Lost, row: Result) -> None:
    if row.passed is not None:
        lost[row.id] = (None if row.score is None else str(row.score), row.passed)


def _rename(row: Result, sitting: Sitting) -> None:
    row.specialty_code, row.unit_id = sitting.specialties[0], sitting.unit_id
    if row.specialties != list(sitting.specialties):
        row.specialties = list(sitting.specialties)


async def _make(session: AsyncSession, sheet: ScoreSheet, missing: list[Sitting]) -> None:
    values = [
        {
            "id": new_id(),
            "sheet_id": sheet.id,
            "registration_id": each.registration_id,
            "unit_id": each.unit_id,
            "specialty_code": each.specialties[0],
            "specialties": list(each.specialties),
        }
        for each in missing
    ]
    if values:
        await session.execute(insert(Result).values(values).on_conflict_do_nothing())


async def results_of(
    session: AsyncSession,
    sheet_id: UUID,
    *,
    unit_id: UUID | None = None,
    registration_id: UUID | None = None,
    since: int | None = None,
    whole: bool = True,
) -> list[Result]:
    """The sheet's rows with their people, by unit, name and specialty; of one unit, of one person, or those whose mark is another
    ``since`` that version, when given. Without ``whole`` people and registrations have what the grid shows of them."""
    statement = (
        select(Result)
        .join(Registration, Registration.id == Result.registration_id)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .join(Specialty, Specialty.code == Result.specialty_code)
        .where(Result.sheet_id == sheet_id)
        .order_by(Registration.unit_name, StaffMember.name_key, Registration.id, Specialty.position)
        .options(joinedload(Result.registration) if whole else _AS_SHOWN)
    )
    if unit_id is not None:
        statement = statement.where(Result.unit_id == unit_id)
    if registration_id is not None:
        statement = statement.where(Result.registration_id == registration_id)
    if since is not None:
        statement = statement.where(Result.sheet_version > since)
    return list((await session.scalars(statement.execution_options(populate_existing=True))).unique())


async def marks_given(session: AsyncSession, sheet_id: UUID) -> list[History]:
    """The steps of the sheet's history in which marks were entered or corrected, oldest first."""
    given = (
        select(History)
        .where(History.record_type == SCORE_SHEET.name, History.record_id == sheet_id)
        .where(History.action.in_(("update", "correct")))
    )
    return list(await session.scalars(given.order_by(History.position)))


async def change_unit_of_results(session: AsyncSession, registration_ids: Collection[UUID], unit_id: UUID) -> None:
    """The results of these registrations are the unit's from now on (BEY-14)."""
    moved = update(Result).where(Result.registration_id.in_(registration_ids)).values(unit_id=unit_id)
    await session.execute(moved.execution_options(synchronize_session=False))
