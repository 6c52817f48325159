"""What goes over the wire about declarations: drafts that may be incomplete come in, records with labels and reasons go out."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.declaration.declarations.bodies import DeclarationCreate, DeclarationUpdate, FactorInput, HazardInput
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.employers.schemas import BasicsChange, FixedField
from services.declaration.factors.classes import HazardClass
from services.declaration.form.choices import ChangeReason, DeclarationKind, ExamItem, TestItem
from services.declaration.form.differences import Difference
from services.declaration.form.versions import DeclarationFormChange
from shared.web.answers import CodeOf, Read
from shared.web.attached import AttachmentsOfKind
from shared.web.forms import RecordFormCheckRead
from shared.workflow.buttons import AllowedAction

__all__ = ["DeclarationCreate", "DeclarationUpdate", "FactorInput", "HazardInput"]


class DeclarationProposal(Read):
    """What one click puts into ``field``; ``words`` say it (FAQ-D6)."""

    field: str
    value: Any
    words: str


class Problem(Read):
    """One thing to put right before submission; ``field`` is the path in the record, ``section`` the key of its page."""

    section: str
    field: str
    code: str
    message: str
    proposal: DeclarationProposal | None = None


class Option(BaseModel):
    """One choice of a control: shown always, usable when ``allowed``, else with the reason (PLAT-02)."""

    value: bool
    label: str
    allowed: bool
    reason: str | None


class Compared(Read):
    """One count beside the total of those exposed, as it is typed (FAQ-D6)."""

    field: str
    label: str
    count: int
    exceeds: bool


class DeclarationCheckRead(RecordFormCheckRead):
    """``errors`` are of what was sent and cannot be taken, and of what contradicts; what is not there yet is in ``required_now`` and, with
    all the rest, in ``problems``. ``compared`` stands beside ``exposed_total``; ``smallest_total`` is the least that fits all."""

    problems: list[Problem]
    compared: list[Compared]
    exposed_total: int | None
    smallest_total: int
    surveillance_options: list[Option]


class ReturnedField(BaseModel):
    """What the reviewer has marked (BEY-04)."""

    section: str
    field: str
    label: str


class FactorRead(Read):
    """``name`` is its own where the catalogue lacks it."""

    factor_code: str
    factor_label: str
    own_name: str | None
    exposed_count: int | None


class HazardRead(Read):
    class_code: HazardClass
    exposed_count: int | None
    factors: list[FactorRead]


class SiteRead(Read):
    address: str | None = None
    name: str | None = None


class ProductRead(Read):
    product: str | None = None
    output: str | None = None
    unit: str | None = None


class TestRead(Read):
    item: TestItem
    measured: int | None = None
    over: int | None = None


class ExamRead(Read):
    item: ExamItem
    due: int | None = None
    done: int | None = None


class DeclarationListItem(Read):
    """A row of the list (DECL-11). A phone never stands in a list."""

    id: UUID
    employer_id: UUID
    employer_name: str
    region_code: str
    region_label: str
    kind: DeclarationKind
    declared_on: date
    status: DeclarationStatus
    reject_reason: str | None
    withdrawal_requested_at: datetime | None
    version: int
    allowed_actions: list[AllowedAction]


class DeclarationRead(DeclarationListItem):
    """``contact_phone`` is masked for all but the employer, and ``products`` are empty where ``products_hidden`` says why. ``problems`` is
    what keeps an editable record from being submitted; ``form_changes`` what has changed in the form since it was begun.
    ``returned_fields`` are marked until the next approval, ``changes_since_return`` what has been changed since (BEY-04)."""

    credit_code: str
    address: str
    legal_representative: str
    change_reason: ChangeReason | None
    ended_on: date | None
    size: Annotated[str, CodeOf("enterprise_sizes")] | None
    industry: str | None
    industry_label: str | None
    economic_type: Annotated[str, CodeOf("economic_types")] | None
    contact_name: str | None
    contact_phone: str | None
    staff_count: int | None
    outsourced_count: int | None
    exposed_count: int | None
    disease_count: int | None
    leader_trained: bool | None
    manager_trained: bool | None
    trained_count: int | None
    sites: list[SiteRead]
    confidential: bool
    products: list[ProductRead]
    products_hidden: str | None
    hazards: list[HazardRead]
    tested: bool | None
    test_org: str | None
    test_report_no: str | None
    tests: list[TestRead]
    surveillance_done: bool | None
    surveillance_label: str | None
    surveillance_options: list[Option]
    exam_org: str | None
    exam_report_no: str | None
    exams: list[ExamRead]
    form_version: int
    catalogue: str
    form_changes: list[DeclarationFormChange]
    pending_since: datetime | None
    opened_by_reviewer_at: datetime | None
    reviewed_at: datetime | None
    undo_until: datetime | None
    reviewer_name: str | None
    withdrawal_reason: str | None
    withdrawal_answer: str | None
    returned_fields: list[ReturnedField]
    changes_since_return: list[Difference]
    filled_at: datetime | None
    attachments: list[AttachmentsOfKind]
    has_receipt: bool = Field(description="是否已有申报回执")
    problems: list[Problem]


class OpenDeclaration(Read):
    """The record that is not settled: in it a change of 注册信息 shows, or it keeps the employer from making one."""

    id: UUID
    kind: DeclarationKind
    status: DeclarationStatus
    declared_on: date


class AffectedDeclaration(OpenDeclaration):
    """The record in which a change of 注册信息 shows; ``created`` when there was none to edit and one was opened for it."""

    created: bool


class EmployerRead(Read):
    """The employer's own view, so its contact's phone is shown whole. ``allowed_actions`` says why 修改 is refused (PLAT-02),
    ``consequence`` what a change leads to now; ``fixed`` is what only others may set."""

    id: UUID
    name: str
    credit_code: str
    branch_no: str
    region_code: str
    region_label: str
    address: str
    legal_representative: str
    contact_name: str
    contact_phone: str | None
    fixed: list[FixedField]
    open_declaration: OpenDeclaration | None
    consequence: str
    version: int
    allowed_actions: list[AllowedAction]


class EmployerEdited(BaseModel):
    employer: EmployerRead
    changes: list[BasicsChange]
    declaration: AffectedDeclaration | None
    message: str


class ContactPhone(BaseModel):
    """The full number, for the reviewer who calls; each look is in the record's history (PLAT-05)."""

    contact_phone: str | None
