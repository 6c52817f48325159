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
from services.training.results.scores import certificate_repository, repository, row_repository
from services.training.results.scores.groups import codes_of
from services.training.results.scores.marks import Mark, conclusion, read_mark
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.publication import facts_of
from services.training.results.scores.schemas import CorrectionRead, ResultCorrection, ResultMark, SheetRead
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
    sheet, row, mark = await _asked(session, actor, sheet_id, result_id, body)
    before = Mark(row.score, row.passed)
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


async def _asked(
    session: AsyncSession, actor: Actor, sheet_id: UUID, result_id: UUID, body: ResultMark
) -> tuple[ScoreSheet, Result, Mark]:
    """The sheet, locked, its row, and the mark that it should have had."""
    sheet = await repository.lock_sheet(session, actor, sheet_id)
    row = next((each for each in sheet.results if each.id == result_id), None)
    if row is None:
        raise NotFound
    if refusal := may_correct(sheet):
        raise ActionRefused(refusal)
    plan = await repository.require_plan_of(session, sheet.class_session_id)
    mark = _mark(body, plan.pass_mark)
    if mark == Mark(row.score, row.passed):
        raise NothingCorrected
    return sheet, row, mark


async def preview_correction(
    session: AsyncSession, *, actor: Actor, sheet_id: UUID, result_id: UUID, body: ResultMark
) -> CorrectionRead:
    """What the correction would do to the certificate; nothing is written. Raises as ``correct_result`` does."""
    sheet, row, mark = await _asked(session, actor, sheet_id, result_id, body)
    own = [each for each in sheet.results if each.registration_id == row.registration_id]
    before = {code for each in own if each.passed for code in codes_of(each)}
    after = {code for each in own if (mark.passed if each is row else each.passed) for code in codes_of(each)}
    held = await certificate_repository.certificates_of(session, sheet.class_session_id, {row.registration_id})
    number = held[row.registration_id][1] if row.registration_id in held else None
    lacking = await lacking_attendance(session, sheet.class_session_id)
    effect, words = _effect(number, before, after, lacking.get(row.registration_id))
    return CorrectionRead(
        id=row.id,
        score=None if mark.score is None else float(mark.score),
        conclusion=conclusion(mark.passed),
        conclusion_before=conclusion(row.passed),
        certificate_number=number,
        effect=effect,
        words=words,
    )


def _effect(number: str | None, before: set[str], after: set[str], lacking: str | None) -> tuple[str, str]:
    """(code, in words), as certificates follow a correction."""
    if number and (not after or lacking):
        return "revoke", f"没有合格的专业类别，证书 {number} 将被撤销，公众查验显示已撤销"
    if number and after != before:
        return "reissue", f"合格的专业类别有变化，证书 {number} 将以原编号重新制作，原来的文件作废"
    if number:
        return "none", f"合格的专业类别没有变化，证书 {number} 不变"
    if after and lacking:
        return "withheld", f"出勤未达到要求，仍不发证书：{lacking}"
    if after and after != before:
        return "issue", "将制作证书；此前只因更正撤销的，恢复原编号"
    return "none", "不影响证书"


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


def _mark(body: ResultMark, pass_mark: Decimal) -> Mark:
    if body.score is None and body.passed is None and not body.conclusion:
        message = "请填写更正后的成绩或结论；已发布的成绩不能清空"
        raise InvalidInput(errors=[FieldError("score", "missing", message)])
    mark = read_mark(body.score, body.passed, body.conclusion, pass_mark)
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
