"""Registrations over the wire, and ``registrant``: the few facts about a person in a plan that every list of people shows."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.enrolment.registrations.bodies import ReturnKind
from services.training.enrolment.registrations.form import FIELDS
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.wording import field_label
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.form import LABELS
from services.training.people.personnel.models import StaffMember
from services.training.plans.choices import Lodging, TrainingKind
from services.training.plans.fields import TITLE_LEVELS
from services.training.plans.models import NO_SPECIALTY, Plan
from services.training.plans.schemas import Choice
from shared.crypto import mask_phone, mask_resident_id
from shared.reference.tables import label, row
from shared.web.answers import CodeOf, Read
from shared.web.drafts import Draft
from shared.web.form_tables import for_draft, having
from shared.workflow.buttons import AllowedAction


class PersonSummary(Read):
    """``age`` in whole years on the plan's deadline day; both flags warn and block nothing (TRN-38…40)."""

    staff_id: UUID
    masked_id: str | None = Field(default=None, description="同名人员的身份证号（打码），不同名时为空")
    name: str
    sex: str
    age: int
    age_over_limit: bool
    title: Annotated[str, CodeOf("professional_titles")]
    title_level: str | None
    title_level_label: str
    title_level_below: bool


class ProgressStep(BaseModel):
    """One step of 未提交 → 待审核 → 审核通过/已退回."""

    key: str
    label: str
    state: Literal["done", "current", "todo", "failed"]


class RegistrantProgress(BaseModel):
    """Where a registration stands, what is to be done next and by whom (FAQ-M12)."""

    steps: list[ProgressStep]
    next_action: str
    owner: str


class FieldChange(BaseModel):
    """What a field held when the registration was returned and what it holds now, in words, numbers masked (BEY-04)."""

    field: str
    label: str
    before: str | None
    after: str | None


class Registrant(PersonSummary):
    """A person in a plan, with the fate of the registration (TRN-38, TRN-41). ``return_field_labels`` are the Chinese names of
    ``return_fields``, in their order (BEY-04)."""

    registration_id: UUID
    training_kind: TrainingKind
    status: RegistrationStatus
    return_kind: ReturnKind | None
    return_reason: str | None
    return_fields: list[str]
    return_field_labels: list[str]


class RegistrantRow(Registrant):
    """A row of the unit's own list: with its buttons. ``editable_fields`` are those that [修改] may change now (FAQ-M6);
    ``open_until`` is a last day granted after the plan's deadline (STAFF-13, FAQ-M8)."""

    colour: str
    specialties: list[Choice]
    complete: bool
    editable_fields: list[str]
    open_until: date | None
    return_requested_at: datetime | None
    return_request: str | None
    progress: RegistrantProgress
    version: int
    allowed_actions: list[AllowedAction]


class FileFact(BaseModel):
    """What the form shows of the personal file, and does not change (TRN-43)."""

    name: str
    label: str
    value: str


class RegistrationRead(RegistrantRow):
    """The form (TRN-43…46). ``facts`` are those of the personal file, which are corrected there.
    ``resident_id`` and ``recipient_phone`` are masked unless the caller may see them in full;
    ``changes`` are those made since the return, and ``changed_fields`` their names (BEY-04)."""

    plan_id: UUID
    plan_name: str
    unit_id: UUID
    unit_name: str
    resident_id: str
    attributes: list[str]
    qualification_categories: list[str]
    facts: list[FileFact]
    needs_credit: bool | None
    lodging: Lodging | None
    recipient_name: str
    recipient_phone: str
    recipient_postcode: str | None
    recipient_address: str
    submitted_at: datetime | None
    changed_fields: list[str]
    changes: list[FieldChange]


@having(for_draft(FIELDS))
class RegistrationUpdate(BaseModel):
    """Only what is sent changes; null empties what may be empty while the form is not sent."""

    model_config = ConfigDict(extra="forbid")

    def changes(self) -> dict[str, Any]:
        """What was sent, by field name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


@having(for_draft(FIELDS))
class RegistrationDraft(Draft):
    """The form on its way, checked while it is filled in."""


def title_level_below(title_level: str | None, minimum: str | None) -> bool:
    """TRN-40: a blank level counts as below any minimum."""
    return minimum is not None and _rank(title_level) < _rank(minimum)


def _rank(level: str | None) -> int:
    found = row(TITLE_LEVELS, level) if level else None
    return int(found.fields["rank"]) if found else -1


def summary(staff: StaffMember, plan: Plan) -> PersonSummary:
    """A person as the plan sees them."""
    age = staff.person.age_on(plan.registration_deadline)
    return PersonSummary.of(
        staff,
        staff_id=staff.id,
        age=age,
        age_over_limit=plan.age_limit is not None and age > plan.age_limit,
        title_level_below=title_level_below(staff.title_level, plan.minimum_title_level),
    )


def registrant(registration: Registration, plan: Plan) -> Registrant:
    """The facts that lists of people in a plan share: registration, review, selection. Needs ``staff`` loaded."""
    return Registrant.of(
        registration,
        **dict(summary(registration.staff, plan)),
        registration_id=registration.id,
        return_field_labels=[field_label(name) for name in registration.return_fields],
    )


def chosen_codes(registration: Registration) -> list[str]:
    """The specialties that a person chose; the place-holder of plans without any is no choice."""
    return [each.specialty_code for each in registration.specialties if each.specialty_code != NO_SPECIALTY]


def registrant_row(
    registration: Registration,
    *,
    complete: bool,
    editable_fields: list[str],
    progress: RegistrantProgress,
    actions: list[AllowedAction],
) -> RegistrantRow:
    chosen = [each for each in registration.specialties if each.specialty_code != NO_SPECIALTY]
    return RegistrantRow.of(
        registration,
        **dict(registrant(registration, registration.plan)),
        colour=registration.status.colour,
        specialties=[each.specialty for each in chosen],
        complete=complete,
        editable_fields=editable_fields,
        progress=progress,
        allowed_actions=actions,
    )


def registration_read(
    registration: Registration, head: RegistrantRow, *, categories: list[str], changes: list[FieldChange], full: bool
) -> RegistrationRead:
    """``full`` shows the resident id and the phone in clear; such a view is logged by the caller (PLAT-05)."""
    resident_id, phone = registration.staff.resident_id, registration.recipient_phone
    shown_id = resident_id if full else mask_resident_id(resident_id)
    return RegistrationRead.of(
        registration,
        **dict(head),
        plan_name=registration.plan.name,
        resident_id=shown_id,
        facts=_facts(registration, head, shown_id, categories),
        attributes=registration.staff.attributes,
        qualification_categories=categories,
        recipient_phone=phone if full else mask_phone(phone),
        changed_fields=[each.field for each in changes],
        changes=changes,
    )


_LEADS = ("质控负责人", "技术负责人")
_CATEGORIES = "资质类型"


def _facts(registration: Registration, head: RegistrantRow, resident_id: str, categories: list[str]) -> list[FileFact]:
    """In the order of the manual (TRN-43)."""
    staff = registration.staff
    shown = {
        "name": head.name,
        "sex": head.sex,
        "resident_id": resident_id,
        "title": label("professional_titles", staff.title),
        "title_level": head.title_level_label,
        "attributes": "、".join(staff.attributes),
    }
    facts = [FileFact(name=name, label=LABELS[name], value=value) for name, value in shown.items()]
    facts.insert(3, FileFact(name="age", label="年龄", value=f"{head.age} 岁"))
    leads = [
        FileFact(name=each, label=f"是否为{each}", value="是" if each in staff.attributes else "否") for each in _LEADS
    ]
    return [*facts, *leads, FileFact(name="categories", label=_CATEGORIES, value="、".join(categories))]
