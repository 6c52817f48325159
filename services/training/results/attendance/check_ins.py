"""A check-in by somebody without an account (BEY-15): the code on the wall says where, name and the end of the resident id say who. Every
miss gets the same answer, so that nobody learns who is in a class.
"""

import hmac
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.results.attendance import repository
from services.training.results.attendance.codes import Code
from services.training.results.attendance.schemas import CheckInCreate, CheckInRead
from services.training.results.attendance.service import remember_marks
from services.training.results.attendance.workflow import Means
from shared.errors import AppError
from shared.identity import SYSTEM


class CheckInRefused(AppError):
    status = 422
    code = "check_in_refused"
    detail = (
        "签到未成功：二维码已更换，或姓名、身份证号后六位与本期名单不符。"
        "请重新扫描现场的二维码，核对后再试；仍不成功请找现场工作人员登记"
    )


async def check_in(session: AsyncSession, code: Code, body: CheckInCreate, address: str, now: datetime) -> CheckInRead:
    """Marks the person of that session present on the code's day; again is fine. Raises ``CheckInRefused``."""
    found = await repository.get_class_session(session, code.class_session_id)
    if found is None:
        raise CheckInRefused
    row, plan = found
    called = await repository.people_called(session, row.id, body.name)
    matching = [each for each in called if hmac.compare_digest(each.resident_id[-6:].encode(), body.id_tail.encode())]
    if plan.minimum_attendance is None or not row.start_date <= code.day <= row.end_date or len(matching) != 1:
        raise CheckInRefused
    person = matching[0]
    if not await repository.hold_seats(session, row.id, person.id):
        raise CheckInRefused  # returned this very moment
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


def _masked(name: str) -> str:
    return name[:1] + "*" * max(len(name) - 1, 1)
