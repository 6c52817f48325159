"""A class session's form while it is filled in: the rules that its saving has, asked of what is there (STAFF-05)."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions import repository, rules
from services.training.classes.class_sessions.form import FIELDS, SPECIALTIES
from services.training.classes.class_sessions.schemas import ClassSessionDraft, PlacesOf
from shared.errors import AppError, FieldError
from shared.web.drafts import problem_fields, read_whole_draft
from shared.web.forms import RecordFormCheckRead

_REQUIRED = [each.name for each in FIELDS if each.required]


async def check_form(session: AsyncSession, given: Mapping[str, object]) -> RecordFormCheckRead:
    """What is there is judged, nothing is written: what is not there yet is no error. Raises ``NotFound`` for a plan that is none."""
    draft, errors = read_whole_draft(ClassSessionDraft, given)
    values = draft.model_dump(exclude={SPECIALTIES})
    errors += _wrong_dates(values)
    rows: list[PlacesOf] = draft.specialties or []
    required = list(_REQUIRED)
    if draft.plan_id is not None:
        plan = await repository.require_plan(session, draft.plan_id)
        required += [SPECIALTIES] if rules.has_specialties(plan) else []
        errors += _found(lambda: rules.check_specialties(plan, rows)) if rows else []
    if capacity := values["capacity"]:
        errors += _found(lambda: rules.check_places(capacity, rows))
    return RecordFormCheckRead(errors=problem_fields(errors), hints=[], required_now=required)


def _wrong_dates(values: Mapping[str, Any]) -> list[FieldError]:
    """Those that are there, against each other: a day that is missing stands where it would be right."""
    first = values["start_date"]
    if first is None:
        return []
    last, deadline = values["end_date"] or first, values["selection_deadline"] or first
    return _found(
        lambda: rules.check_dates(
            start_date=first, end_date=last, selection_deadline=deadline, opens_at=None, plan_opens_at=None
        )
    )


def _found(check: Callable[[], object]) -> list[FieldError]:
    try:
        check()
    except AppError as refused:
        return list(refused.errors)
    return []
