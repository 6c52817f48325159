"""培训记录 of a person over all units (BEY-14), for the unit that has the person 在职. Reads only."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.desk.transfers import record_repository
from services.training.desk.transfers.schemas import PersonRecord, RecordEntry, RecordResult, RecordSession
from services.training.enrolment.registrations.models import Registration
from services.training.people.personnel.repository import require_staff
from services.training.results.scores.groups import joined
from services.training.results.scores.marks import conclusion
from services.training.results.scores.models import Result
from services.training.results.scores.row_repository import labels
from shared.errors import Conflict
from shared.identity import Actor


class RecordNotYours(Conflict):
    code = "person_left"
    detail = "该人员已离职，其培训记录只对现单位显示；本单位的报名和成绩仍可在集体报名、集体成绩查询中查看"


async def read_record(session: AsyncSession, *, actor: Actor, staff_id: UUID) -> PersonRecord:
    """Raises ``NotFound`` for another's file, ``RecordNotYours`` for one who is 离职."""
    staff = await require_staff(session, actor, staff_id)
    if not staff.status.is_in_post:
        raise RecordNotYours
    registrations = await record_repository.registrations_of_person(session, staff.person_id, actor.organisation_id)
    ids = [each.id for each in registrations]
    sat = await record_repository.sessions_of(session, ids)
    results = await record_repository.published_results(session, ids)
    numbers = await record_repository.certificate_numbers(session, ids)
    words = await labels(session)

    def of(registration: Registration, row: ClassSession) -> RecordSession:
        mine = [each for at, each in results if at == row.id and each.registration_id == registration.id]
        number = numbers.get((registration.id, row.id))
        return RecordSession.of(row, results=_results(mine, words), certificate_number=number)

    return PersonRecord(
        staff_id=staff.id,
        name=staff.name,
        entries=[_entry(each, [of(each, row) for owner, row in sat if owner == each.id]) for each in registrations],
    )


def _results(rows: Sequence[Result], words: dict[str, str]) -> list[RecordResult]:
    return [RecordResult.of(row, specialty_label=joined(row, words), conclusion=conclusion(row.passed)) for row in rows]


def _entry(registration: Registration, sessions: list[RecordSession]) -> RecordEntry:
    plan = registration.plan
    return RecordEntry.of(registration, plan_name=plan.name, type_label=plan.type_label, sessions=sessions)
