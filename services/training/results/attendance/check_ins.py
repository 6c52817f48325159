"""A check-in by somebody without an account (BEY-15): the code on the wall says where, name and the end of the resident id say who. Every
miss gets the same answer, so that nobody learns who is in a class. Each miss at somebody's name stands in the history of the person's
attendance, where it is counted for the day: how often an address or a name is tried is counted in Redis, too, which may forget.
"""

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.results.attendance import limits, repository
from services.training.results.attendance.codes import Code, read_code
from services.training.results.attendance.limits import WRONG_AT_A_PERSON_A_DAY, TooManyCheckIns
from services.training.results.attendance.repository import Bearer
from services.training.results.attendance.schemas import CheckInCreate, CheckInRead
from services.training.results.attendance.service import RECORD, remember_marks
from services.training.results.attendance.workflow import Means
from shared.clock import now_utc, start_of_beijing_day
from shared.errors import AppError
from shared.identity import SYSTEM
from shared.runtime import Runtime

WRONG = "wrong_check_in"


class CheckInRefused(AppError):
    """The miss stays counted."""

    keeps = True
    status = 422
    code = "check_in_refused"
    detail = (
        "签到未成功：二维码已更换，或姓名、身份证号后六位与本期名单不符。"
        "请重新扫描现场的二维码，核对后再试；仍不成功请找现场工作人员登记"
    )


async def try_check_in(session: AsyncSession, runtime: Runtime, body: CheckInCreate, address: str) -> CheckInRead:
    """A check-in from somewhere, counted by address and name. Raises ``CheckInRefused``, ``TooManyCheckIns``."""
    now = now_utc()
    await limits.count_try(runtime.redis, address)
    code = read_code(body.token, runtime.settings.signing_key, now)
    try:
        if code is None:
            raise CheckInRefused
        await limits.count_guess(runtime.redis, code.class_session_id, body.name)
        return await check_in(session, code, body, address, now)
    except CheckInRefused:
        await limits.count_wrong(runtime.redis, address)
        raise


async def check_in(session: AsyncSession, code: Code, body: CheckInCreate, address: str, now: datetime) -> CheckInRead:
    """Marks the person of that session present on the code's day; again is fine. Raises ``CheckInRefused``, and
    ``TooManyCheckIns`` when too many have been wrong at this name today."""
    found = await repository.get_class_session(session, code.class_session_id)
    if found is None:
        raise CheckInRefused
    row, plan = found
    if plan.minimum_attendance is None or not row.start_date <= code.day <= row.end_date:
        raise CheckInRefused
    called = await repository.people_called(session, row.id, body.name)
    await _refuse_guessed(session, row.id, called, code, now)
    matching = [each for each in called if hmac.compare_digest(each.resident_id[-6:].encode(), body.id_tail.encode())]
    if len(matching) != 1:
        _note_wrong(session, called, code, address)
        raise CheckInRefused
    person = matching[0]
    if await repository.results_are_out(session, row.id):
        raise CheckInRefused  # published within the code's five minutes: only a correction changes what certificates follow from
    made = await repository.mark(
        session,
        [person.registration_id],
        class_session_id=row.id,
        day=code.day,
        means=Means.CODE,
        recorded_at=now,
        recorded_by=None,
    )
    visitor = replace(SYSTEM, organisation_name="", person_name=person.name, address=address)
    remember_marks(session, visitor, row, code.day, Means.CODE, made)
    return CheckInRead.of(row, plan_name=plan.name, day=code.day, name=_masked(person.name))


async def _refuse_guessed(
    session: AsyncSession, class_session_id: UUID, called: Sequence[Bearer], code: Code, now: datetime
) -> None:
    """Holds the seats of whoever is called so, so that tries at a name come one after the other: no more than may be wrong are looked at.
    Raises ``TooManyCheckIns``, and ``CheckInRefused`` for a seat that was returned this very moment."""
    today = start_of_beijing_day(code.day)
    for each in sorted(called, key=lambda each: each.id):
        if not await repository.hold_seats(session, class_session_id, each.id):
            raise CheckInRefused
        if await repository.noted_since(session, RECORD, each.registration_id, WRONG, today) >= WRONG_AT_A_PERSON_A_DAY:
            raise TooManyCheckIns(retry_after=round((today + timedelta(days=1) - now).total_seconds()) + 1)


def _note_wrong(session: AsyncSession, called: Sequence[Bearer], code: Code, address: str) -> None:
    visitor = replace(SYSTEM, address=address)
    said = {"class_session_id": str(code.class_session_id), "day": str(code.day), "means": Means.CODE.value}
    for each in sorted(called, key=lambda each: each.registration_id):
        RECORD.note(session, each.registration_id, WRONG, actor=visitor, after=said)


def _masked(name: str) -> str:
    return name[:1] + "*" * max(len(name) - 1, 1)
