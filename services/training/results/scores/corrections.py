"""成绩更正 (STAFF-09): a published result is changed with a reason, by the same rules as it was entered; certificates hear of the person's
whole state and issue, issue again or revoke.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel.repository import photos_of
from services.training.results.attendance.service import lacking_attendance
from services.training.results.scores import repository, row_repository
from services.training.results.scores.marks import Mark, decide
from services.training.results.scores.models import ScoreSheet
from services.training.results.scores.publication import facts_of
from services.training.results.scores.schemas import ResultCorrection, SheetRead
from services.training.results.scores.service import grid, shown
from services.training.results.scores.versions import VERSION, MarksChanged, changed_since, stamp
from services.training.results.scores.workflow import SCORE_SHEET, may_correct
from shared.clock import now_utc
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.events.certificates import CertificateRetried
from shared.events.log import record as record_event
from shared.events.training import Correction, ResultCorrected
from shared.identity import Actor
from shared.workflow.apply import ActionRefused
from shared.workflow.definition import Refusal

PRESENT = "重新制作证书，以人员信息中现在的姓名为准"


class NothingCorrected(Conflict):
    code = "nothing_corrected"
    detail = "填写的成绩和结论与已发布的相同，无需更正"


async def correct_result(
    session: AsyncSession, *, actor: Actor, sheet_id: UUID, result_id: UUID, expected: int, body: ResultCorrection
) -> SheetRead:
    """Changes one published result. Raises ``NotFound``, ``ActionRefused`` before publication, ``NothingCorrected``, ``InvalidInput`` by
    field, and ``MarksChanged`` when somebody else corrected it after the version ``expected``."""
    sheet = await repository.lock_sheet(session, actor, sheet_id)
    row = next((each for each in sheet.results if each.id == result_id), None)
    if row is None:
        raise NotFound
    if refusal := may_correct(sheet):
        raise ActionRefused(refusal)
    plan = await repository.require_plan_of(session, sheet.class_session_id)
    mark = _mark(body, plan.pass_mark)
    before = Mark(row.score, row.passed)
    if mark == before:
        raise NothingCorrected
    if changed := await changed_since(session, sheet, {row.id: mark}, {row.id: expected}):
        raise MarksChanged(changed, {row.id: ""})
    row.score, row.passed, row.corrected_at = mark.score, mark.passed, now_utc()
    SCORE_SHEET.note(
        session,
        sheet.id,
        "correct",
        actor=actor,
        before={str(row.id): shown(before)},
        after={str(row.id): shown(mark), VERSION: stamp(sheet, [row])},
        reason=body.reason,
    )
    await session.flush()
    await tell_correction(session, sheet, row.registration_id, row.corrected_at, body.reason, Correction.SCORE)
    return await grid(session, actor, sheet)


async def hold_results_of(session: AsyncSession, person_id: UUID) -> list[repository.Sat]:
    """Where published results of the person stand, the sheets locked: before the person, as whoever moves one locks them."""
    return await repository.lock_sheets_of(session, person_id)


async def tell_identity(session: AsyncSession, sat: Sequence[repository.Sat], at: datetime, reason: str) -> None:
    """Certificates hear of each session's result with the person's name and id as they are now (STAFF-15)."""
    for sheet, registration_id in sat:
        await tell_correction(session, sheet, registration_id, at, reason, Correction.IDENTITY)


async def tell_present(session: AsyncSession, event: CertificateRetried) -> None:
    """A page is tried again: certificates hear how the person is called now, which changes nothing where they know it (BEY-19)."""
    of = event.class_session_id, event.registration_id
    sat = await hold_results_of(session, event.person_id)
    here = [each for each in sat if (each[0].class_session_id, each[1]) == of]
    await tell_identity(session, here, now_utc(), PRESENT)


def _mark(body: ResultCorrection, pass_mark: Decimal) -> Mark:
    if body.score is None and body.passed is None:
        message = "请填写更正后的成绩或结论；已发布的成绩不能清空"
        raise InvalidInput(errors=[FieldError("score", "missing", message)])
    mark = decide(body.score, body.passed, pass_mark)
    if isinstance(mark, Refusal):
        raise InvalidInput(errors=[FieldError("passed", mark.code, mark.reason)])
    return mark


async def tell_correction(
    session: AsyncSession, sheet: ScoreSheet, registration_id: UUID, at: datetime, reason: str, of: Correction
) -> None:
    """Certificates hear of the person's whole state, whether marks or attendance were put right."""
    rows = await row_repository.results_of(session, sheet.id, registration_id=registration_id)
    lacking = await lacking_attendance(session, sheet.class_session_id)
    labels = await row_repository.labels(session)
    staff_id, withheld = rows[0].registration.staff_id, registration_id in lacking
    photo_id = (await photos_of(session, [staff_id])).get(staff_id)
    facts = facts_of(sheet, rows, labels, withheld=withheld, photo_id=photo_id, at=at)
    record_event(session, ResultCorrected(**facts, reason=reason, of=of))
