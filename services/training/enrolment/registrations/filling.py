"""A registration's form while it is filled in (TRN-44…46): checked as one types, and filled in once for several people. Nothing is sent to
the province here.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations import repository
from services.training.enrolment.registrations.batches import refusal_alone
from services.training.enrolment.registrations.form import DETAILS, LABELS, NEVER_BLANK, fields_of
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.schemas import FieldChange, RegistrationDraft, RegistrationUpdate
from services.training.enrolment.registrations.service import change_registration
from services.training.enrolment.registrations.wording import in_words
from shared.errors import FieldError
from shared.identity import Actor
from shared.web.drafts import problem_fields, read_draft
from shared.web.forms import RecordFormCheckRead

_MARK = "退回时要求修改此项"


async def check_form(
    session: AsyncSession, *, actor: Actor, registration_id: UUID, given: Mapping[str, object]
) -> RecordFormCheckRead:
    """What is wrong with what is there; what is left blank may be filled in later, except what was there from the beginning. Raises
    ``NotFound``."""
    registration = await repository.require_registration(session, actor, registration_id)
    draft, errors = read_draft(RegistrationDraft, given)
    wrong = {each.field for each in errors}
    blank = [name for name in NEVER_BLANK if getattr(draft, name) is None and name not in wrong]
    errors += [FieldError(name, "missing", f"请填写{LABELS[name]}") for name in blank]
    required = [each.name for each in fields_of(registration.plan) if each.required]
    return RecordFormCheckRead(
        errors=problem_fields(errors), hints=problem_fields(_marks(registration)), required_now=required
    )


def _marks(registration: Registration) -> list[FieldError]:
    """What the reviewer sent back stands at its field until the form is sent again (BEY-04)."""
    if not registration.status.was_returned:
        return []
    return [FieldError(name, "returned", _MARK) for name in registration.return_fields if name in LABELS]


class Copies(BaseModel):
    """To whom, and whether only to say what would change."""

    model_config = ConfigDict(extra="forbid")

    registration_ids: list[UUID] = Field(min_length=1, max_length=200, description="套用到的报名人员")
    preview: bool = Field(default=False, description="只列出变化，不保存")


class CopyResult(BaseModel):
    """What changed, or would change, of one person; ``reason`` is why nothing can."""

    registration_id: UUID
    name: str
    done: bool
    changes: list[FieldChange] = []
    code: str | None = None
    reason: str | None = None


class CopiesRead(BaseModel):
    """``changed`` people differ from the form that was copied."""

    changed: int
    refused: int
    results: list[CopyResult]


async def copy_to_others(session: AsyncSession, *, actor: Actor, registration_id: UUID, body: Copies) -> CopiesRead:
    """学分证, 住宿 and 收件人 of one person for others who are 未报名 in the same plan, each on their own (PLAT-09). Raises ``NotFound``
    for a form that is not the unit's."""
    source = await repository.require_registration(session, actor, registration_id)
    values = {name: getattr(source, name) for name in DETAILS}
    people = await repository.registrations_of(session, actor.organisation_id, source.plan_id)
    others = {each.id: each for each in people if each.id != source.id}
    results = []
    for each in sorted(dict.fromkeys(body.registration_ids)):
        if each in others:
            results.append(await _copy(session, actor, others[each], values, preview=body.preview))
    order = {each: place for place, each in enumerate(body.registration_ids)}
    results.sort(key=lambda result: order[result.registration_id])
    refused = sum(not each.done for each in results)
    return CopiesRead(changed=sum(bool(each.changes) for each in results), refused=refused, results=results)


async def _copy(
    session: AsyncSession, actor: Actor, to: Registration, values: Mapping[str, Any], *, preview: bool
) -> CopyResult:
    result = CopyResult(registration_id=to.id, name=to.staff.name, done=False)
    if not to.status.is_drafted:
        words = {"code": f"status_is_{to.status.value}", "reason": f"{to.status.label}，不套用"}
        return result.model_copy(update=words)
    new = {name: value for name, value in values.items() if value is not None and getattr(to, name) != value}
    changes = _differences(to, new)
    if new and not preview:
        update, version = RegistrationUpdate.model_validate(new), to.version
        refused = await refusal_alone(
            session,
            lambda: change_registration(
                session, actor=actor, registration_id=to.id, body=update, expected_version=version
            ),
        )
        if refused:
            return result.model_copy(update={"code": refused.code, "reason": refused.detail})
    return result.model_copy(update={"done": True, "changes": changes})


def _differences(to: Registration, new: Mapping[str, Any]) -> list[FieldChange]:
    return [
        FieldChange(
            field=name,
            label=LABELS[name],
            before=in_words(name, getattr(to, name), {}),
            after=in_words(name, value, {}),
        )
        for name, value in new.items()
    ]
