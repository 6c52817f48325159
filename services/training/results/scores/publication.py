"""录入完成 (STAFF-08): a sheet goes out once, and certificates hear of each person's whole state (CERT-05, CERT-06). Whoever lacks the
attendance that the plan asks for keeps the marks and gets no certificate (BEY-15).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.repository import shut
from services.training.enrolment.registrations.stamps import note_results
from services.training.people.personnel.namesakes import masked_ids
from services.training.people.personnel.repository import photos_of
from services.training.plans.models import NO_SPECIALTY
from services.training.results.attendance.service import lacking_attendance
from services.training.results.scores import repository, row_repository
from services.training.results.scores.groups import codes_of
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.schemas import PublicationRead, SheetRead, UncertifiedPerson, short_number
from services.training.results.scores.service import follow, grid, open_sheet
from services.training.results.scores.uncertified import PeopleUncertified, without_certificate
from services.training.results.scores.workflow import SCORE_SHEET, Publication, ScoreSheetAction, ends_later
from shared.clock import now_utc
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.errors import Conflict
from shared.events.log import record as record_event
from shared.events.training import ResultPublished
from shared.identity import Actor
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import ActionBody


class SeatsChanged(Conflict):
    code = "seats_changed"
    detail = "发布时选班人员有变动，请刷新核对后再发布"


async def act_on_sheet(
    session: AsyncSession, actor: Actor, sheet_id: UUID, action: ScoreSheetAction, body: ActionBody
) -> SheetRead:
    """录入完成. The people's registrations are locked, then the session shut for placements, then the rows counted once more:
    nobody can come, go, be returned or get another attendance between the count and the publication. Raises ``SeatsChanged`` when somebody
    just did, ``ActionRefused`` before the session's last day, unless a reason is given, and ``PeopleUncertified``."""
    sheet = await open_sheet(session, actor, sheet_id)
    if sheet.status is SCORE_SHEET.initial:
        locked = await repository.lock_placed_registrations(session, sheet.class_session_id)
        await shut(session, sheet.class_session_id)
        await follow(session, sheet)
        if {row.registration_id for row in sheet.results} - locked.keys():
            raise SeatsChanged
    await apply(session, SCORE_SHEET, sheet, action, actor=actor, body=body)
    return await grid(session, actor, sheet)


async def check_publication(session: AsyncSession, *, actor: Actor, sheet_id: UUID) -> PublicationRead:
    """Who would get no certificate if the sheet were published now, each with the reasons (BEY-15)."""
    sheet = await open_sheet(session, actor, sheet_id)
    results = await row_repository.results_of(session, sheet.id)
    ids = masked_ids((row.registration_id, row.registration.staff) for row in results)
    people = await without_certificate(session, sheet.class_session_id, results)
    total = len({row.registration_id for row in results})
    return PublicationRead.of(
        sheet,
        total=total,
        certified=total - len(people),
        early=refusal.reason if (refusal := ends_later(sheet, now_utc())) else None,
        forgotten=sum(each.forgotten for each in people),
        uncertified=[
            UncertifiedPerson(
                registration_id=each.registration_id,
                registration_no=short_number(each.registration_id),
                name=each.rows[0].registration.staff.name,
                masked_id=ids.get(each.registration_id),
                unit_name=each.rows[0].registration.unit_name,
                reasons=list(each.reasons),
                forgotten=each.forgotten,
            )
            for each in people
        ],
    )


@SCORE_SHEET.effect("announce_results", Publication)
async def announce_results(session: AsyncSession, sheet: ScoreSheet, _actor: Actor, body: Publication) -> None:
    """One event per person of the session, passed or not: certificates follow from it (CERT-05, CERT-06)."""
    sheet.published_at = now_utc()
    if (early := ends_later(sheet, sheet.published_at)) and not (body.reason or "").strip():
        raise ActionRefused(early)
    labels = await row_repository.labels(session)
    lacking = await lacking_attendance(session, sheet.class_session_id)
    results = await row_repository.results_of(session, sheet.id)
    uncertified = await without_certificate(session, sheet.class_session_id, results)
    if (forgotten := [each for each in uncertified if each.forgotten]) and not body.leave_uncertified:
        raise PeopleUncertified(forgotten)
    people: dict[UUID, list[Result]] = {}
    for row in results:
        people.setdefault(row.registration_id, []).append(row)
    photos = await photos_of(session, [rows[0].registration.staff_id for rows in people.values()])
    for registration_id, rows in people.items():
        registration, withheld = rows[0].registration, registration_id in lacking
        note_results(registration, sheet.published_at)
        photo_id = photos.get(registration.staff_id)
        facts = facts_of(sheet, rows, labels, withheld=withheld, photo_id=photo_id, at=sheet.published_at)
        record_event(session, ResultPublished(**facts))


def facts_of(
    sheet: ScoreSheet,
    rows: Sequence[Result],
    labels: Mapping[str, str],
    *,
    withheld: bool,
    photo_id: UUID | None,
    at: datetime,
) -> dict[str, object]:
    """One person's whole state, which became public ``at``: the fields of ``ResultPublished``. The specialties are all those of the
    passed groups (X30); ``withheld``, no certificate is due (BEY-15); ``photo_id`` is the 证件照 in the person's file."""
    registration, row = rows[0].registration, sheet.class_session
    plan, staff = registration.plan, registration.staff
    passed = [each for each in rows if each.passed]
    codes = {code for each in passed for code in codes_of(each)} - {NO_SPECIALTY}
    return {
        "registration_id": registration.id,
        "person_id": registration.person_id,
        "person_name": staff.name,
        "sex": staff.sex,
        "resident_id": Sealed.seal(field_cipher(), staff.resident_id),
        "unit_id": registration.unit_id,
        "unit_name": registration.unit_name,
        "region_code": registration.region_code,
        "plan_id": plan.id,
        "plan_type": plan.type_code,
        "plan_name": plan.name,
        "class_session_id": row.id,
        "session_no": row.session_no,
        "training_kind": row.training_kind.value,
        "start_date": row.start_date,
        "end_date": row.end_date,
        "hours": plan.hours,
        "validity_years": plan.validity_years,
        "passed": bool(passed) and not withheld,
        "specialties": tuple(label for code, label in labels.items() if code in codes),
        "photo_id": photo_id,
        "published_at": at,
        "known_to": tuple(registration.known_to),
    }
