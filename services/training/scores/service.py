"""Use cases of 成绩录入 (STAFF-08): a sheet is looked at, filled in by page or by xlsx, and published; publication tells certificates of
every person once. Corrections after publication are no part of it yet: a published sheet does not change.
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans.models import NO_SPECIALTY, Plan
from services.training.registrations.models import Registration
from services.training.scores import repository
from services.training.scores.marks import Mark, decide
from services.training.scores.models import Result, ScoreSheet
from services.training.scores.schemas import ResultEntry, ResultRow, SheetRead
from services.training.scores.workflow import SCORE_SHEET
from shared.clock import now_utc
from shared.crypto import Sealed
from shared.db.history import remember
from shared.db.types import field_cipher
from shared.errors import Conflict, FieldError, InvalidInput
from shared.events.certificates import CertificateIssued, CertificateRevoked
from shared.events.log import record as record_event
from shared.events.training import ResultPublished
from shared.identity import Actor
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody, Labelled, Refusal, allowed_actions


class ResultsPublished(Conflict):
    code = "results_published"
    detail = "本期成绩已发布，不能再修改；如成绩有误请使用成绩更正"


class SeatsChanged(Conflict):
    code = "seats_changed"
    detail = "发布时选班人员有变动，请刷新核对后再发布"


async def open_sheet(session: AsyncSession, actor: Actor, sheet_id: UUID) -> ScoreSheet:
    """The session's sheet, locked, its rows as the placements are; a published one as it was published. Raises ``NotFound``."""
    sheet = await repository.lock_sheet(session, actor, sheet_id)
    if sheet.status is SCORE_SHEET.initial:
        await repository.follow_placements(session, sheet)
    return sheet


async def read_sheet(session: AsyncSession, *, actor: Actor, sheet_id: UUID) -> SheetRead:
    """The grid of one session."""
    return await _grid(session, actor, await open_sheet(session, actor, sheet_id))


async def _grid(session: AsyncSession, actor: Actor, sheet: ScoreSheet) -> SheetRead:
    plan = await repository.require_plan_of(session, sheet.class_session_id)
    results = await repository.results_of(session, sheet.id)
    return SheetRead(
        id=sheet.id,
        plan_id=plan.id,
        plan_name=plan.name,
        session_no=sheet.class_session.session_no,
        pass_mark=float(plan.pass_mark),
        status=sheet.status.value,
        status_label=sheet.status.label,
        published_at=sheet.published_at,
        results=[ResultRow.of(row) for row in results],
        version=sheet.version,
        allowed_actions=allowed_actions(SCORE_SHEET, sheet, actor, now_utc()),
    )


async def enter_results(
    session: AsyncSession, *, actor: Actor, sheet_id: UUID, entries: Sequence[ResultEntry]
) -> SheetRead:
    """Writes the given rows, all or none. Raises ``ResultsPublished``, and ``InvalidInput`` with one entry per bad row."""
    sheet = await open_sheet(session, actor, sheet_id)
    refuse_when_published(sheet)
    plan = await repository.require_plan_of(session, sheet.class_session_id)
    rows = {row.id: row for row in sheet.results}
    marks, errors = _marks(entries, rows, plan.pass_mark)
    if errors:
        raise InvalidInput(errors=errors)
    await write_marks(session, actor, sheet, marks)
    return await _grid(session, actor, sheet)


def _marks(
    entries: Sequence[ResultEntry], rows: dict[UUID, Result], pass_mark: Decimal
) -> tuple[dict[UUID, Mark], list[FieldError]]:
    marks: dict[UUID, Mark] = {}
    errors = []
    for at, entry in enumerate(entries):
        mark = decide(entry.score, entry.passed, pass_mark)
        if entry.result_id not in rows:
            errors.append(FieldError(f"{at}.result_id", "not_on_this_sheet", "该行不在本期成绩表中，请刷新后再录入"))
        elif isinstance(mark, Refusal):
            errors.append(FieldError(f"{at}.passed", mark.code, mark.reason))
        else:
            marks[entry.result_id] = mark
    return marks, errors


def refuse_when_published(sheet: ScoreSheet) -> None:
    """Raises ``ResultsPublished``."""
    if sheet.status is not SCORE_SHEET.initial:
        raise ResultsPublished


async def write_marks(session: AsyncSession, actor: Actor, sheet: ScoreSheet, marks: dict[UUID, Mark]) -> None:
    """Writes marks to rows of a sheet that is locked and not published, with one row of history."""
    before, after = {}, {}
    for row in sheet.results:
        mark = marks.get(row.id)
        if mark is None or (mark.score, mark.passed) == (row.score, row.passed):
            continue
        before[str(row.id)] = _shown(Mark(row.score, row.passed))
        after[str(row.id)] = _shown(mark)
        row.score, row.passed = mark.score, mark.passed
    if after:
        remember(
            session,
            record_type=SCORE_SHEET.name,
            record_id=sheet.id,
            action="update",
            actor=actor,
            before=before,
            after=after,
        )
    await session.flush()


def _shown(mark: Mark) -> list[str | bool | None]:
    return [None if mark.score is None else str(mark.score), mark.passed]


async def perform_on_sheet(
    session: AsyncSession, actor: Actor, sheet_id: UUID, action: Labelled, body: ActionBody
) -> SheetRead:
    """录入完成. The people's registrations are locked, then the session shut for placements, then the rows counted once more:
    nobody can come, go or be returned between the count and the publication. Raises ``SeatsChanged`` when somebody just did."""
    sheet = await open_sheet(session, actor, sheet_id)
    if sheet.status is SCORE_SHEET.initial:
        locked = await repository.lock_placed_registrations(session, sheet.class_session_id)
        await repository.shut_class_session(session, sheet.class_session_id)
        await repository.follow_placements(session, sheet)
        if {row.registration_id for row in sheet.results} - locked.keys():
            raise SeatsChanged
    await apply(session, SCORE_SHEET, sheet, action, actor=actor, body=body)
    return await _grid(session, actor, sheet)


@SCORE_SHEET.effect("announce_results")
async def announce_results(session: AsyncSession, sheet: ScoreSheet, _actor: Actor, _body: ActionBody) -> None:
    """One event per person of the session, passed or not: certificates follow from it (CERT-05, CERT-06)."""
    sheet.published_at = now_utc()
    people: dict[UUID, list[Result]] = {}
    for row in await repository.results_of(session, sheet.id):
        people.setdefault(row.registration_id, []).append(row)
    for rows in people.values():
        registration = rows[0].registration
        registration.results_published_at = sheet.published_at
        record_event(session, _published(sheet, registration, rows))


def _published(sheet: ScoreSheet, registration: Registration, rows: Sequence[Result]) -> ResultPublished:
    plan: Plan = registration.plan
    staff, row = registration.staff, sheet.class_session
    passed = [each for each in rows if each.passed]
    assert sheet.published_at is not None
    return ResultPublished(
        registration_id=registration.id,
        person_id=registration.person_id,
        person_name=staff.name,
        sex=staff.sex,
        resident_id=Sealed.seal(field_cipher(), staff.person.resident_id),
        unit_id=registration.unit_id,
        unit_name=registration.unit_name,
        region_code=registration.region_code,
        plan_id=plan.id,
        plan_type=plan.type_code,
        plan_name=plan.name,
        class_session_id=row.id,
        session_no=row.session_no,
        training_kind=row.training_kind.value,
        start_date=row.start_date,
        end_date=row.end_date,
        hours=plan.hours,
        validity_years=plan.validity_years,
        passed=bool(passed),
        specialties=tuple(each.specialty.label for each in passed if each.specialty_code != NO_SPECIALTY),
        published_at=sheet.published_at,
    )


async def note_certificate(session: AsyncSession, event: CertificateIssued) -> None:
    """The certificate's number stands beside the result from now on (CERT-04)."""
    await repository.keep_certificate(
        session,
        registration_id=event.registration_id,
        class_session_id=event.class_session_id,
        certificate_id=event.certificate_id,
        number=event.number,
    )


async def forget_certificate(session: AsyncSession, event: CertificateRevoked) -> None:
    """A revoked certificate has no number and no download here (X13)."""
    await repository.drop_certificate(session, event.certificate_id)
