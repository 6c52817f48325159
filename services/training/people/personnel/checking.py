"""The form of a person checked while it is filled in: what is wrong with what is there, and what is asked for as it stands. Nothing is
written, and nothing is told of other units' people.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.accepted.service import MISSES, refused
from services.training.people.personnel import physicians, repository
from services.training.people.personnel.identity import NAME_CERTIFIED, certified
from services.training.people.personnel.numbers import contradictions
from services.training.people.personnel.schemas import StaffMemberDraft
from services.training.people.personnel.service import NUMBER_TAKEN, NumberInUse
from services.training.people.personnel.workflow import IN_A_PLAN
from shared.errors import FieldError
from shared.identity import Actor
from shared.web.drafts import problem_fields, read_draft
from shared.web.forms import RecordFormCheckRead


async def check_form(
    session: AsyncSession, *, actor: Actor, given: Mapping[str, object], staff_id: UUID | None
) -> RecordFormCheckRead:
    """Only what is given (TRN-07…28), of a physician more is asked (X5); ``staff_id`` is the file that the form would change, None for a
    new one. Raises ``NotFound``."""
    draft, errors = read_draft(StaffMemberDraft, given)
    staff = await repository.require_staff(session, actor, staff_id) if staff_id else None
    if draft.resident_id and not (staff and staff.resident_id == draft.resident_id):
        if await repository.find_own(session, actor, draft.resident_id):
            errors.append(NUMBER_TAKEN)
        elif await refused(session, {draft.resident_id: draft.name or (staff.name if staff else "")}):
            errors.append(MISSES)
        elif staff and await IN_A_PLAN(session, staff.id):
            errors.append(FieldError("resident_id", NumberInUse.code, NumberInUse.detail))
    if staff and draft.name and await certified(session, [(staff, draft.name)]):
        errors.append(NAME_CERTIFIED)
    attributes = _ticked(given.get("attributes"))
    return RecordFormCheckRead(
        errors=problem_fields(errors),
        hints=problem_fields(
            [
                *physicians.advice(attributes, draft.practice_number),
                *contradictions(draft.resident_id or (staff.resident_id if staff else None), draft.sex),
            ]
        ),
        required_now=physicians.asked_for(attributes),
    )


def _ticked(given: object) -> list[str]:
    """人员属性 as they stand, also while they are not right yet: what depends on them does not come and go with every letter."""
    return [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
