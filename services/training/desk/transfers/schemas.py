"""Transfers and a person's training record over the wire (BEY-14). Resident ids come in and never go out in full."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.desk.transfers.workflow import Direction, TransferStatus
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.choices import AttachmentKind
from services.training.people.personnel.form import LABELS
from services.training.plans.choices import TrainingKind
from shared.fields import CleanText, PersonName, StatedResidentId, StatedUscc
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class TransferCreate(BaseModel):
    """调入 names the person by number and name, 调出 by the unit's own file and the other unit's credit code; ``to_unit_name`` tells units
    apart that share one (X22)."""

    model_config = ConfigDict(extra="forbid")

    direction: Direction = Field(description="in 调入本单位，out 调出至其他单位")
    resident_id: StatedResidentId | None = None
    name: PersonName | None = Field(default=None, description=LABELS["name"])
    staff_id: UUID | None = Field(default=None, description="本单位人员信息")
    to_credit_code: StatedUscc | None = None
    to_unit_name: Annotated[str, CleanText(100)] | None = Field(default=None, description="调入单位名称")
    note: Annotated[str, CleanText(500, blank=True, lines=True)] = Field(default="", description="说明")


class ReceivingUnit(Read):
    """A unit to which somebody can go."""

    id: UUID
    name: str
    credit_code: str


class MovingCertificate(Read):
    category: str
    number: str
    issued_on: date
    expires_on: date | None
    revoked: bool = Field(description="是否已撤销")


class MovingAttachment(Read):
    kind: AttachmentKind
    count: int


class MovingRegistration(Read):
    """``sessions`` are the numbers of those in which the person has a seat."""

    plan_name: str
    status: RegistrationStatus
    sessions: list[int] = Field(description="已选班的期次")


class TransferContents(BaseModel):
    """What comes with the person. ``registrations`` go over to the new unit, ``finished`` ones stay and are read there as well."""

    certificates: list[MovingCertificate]
    attachments: list[MovingAttachment]
    registrations: list[MovingRegistration] = Field(description="未结束的报名")
    finished: int = Field(description="已公布成绩的培训次数")


class TransferRead(Read):
    """``direction`` is the reader's; ``own`` when the reader proposed it. Who asks for a person is not told where he is before that unit
    has agreed (PLAT-06). ``status_label`` says whose answer it waits
    for. ``dropped_plans``: where the person is 未报名 or 已退回; these registrations go with the
    move, which their unit is told before. ``contents`` is there for one transfer that waits for an answer, not in the list, and for whoever
    has the file or is offered it."""

    id: UUID
    person_name: str
    resident_id: str
    direction: Direction
    own: bool
    from_unit_id: UUID | None
    from_unit_name: str
    to_unit_id: UUID
    to_unit_name: str
    status: TransferStatus
    status_label: str
    note: str
    dropped_plans: list[str]
    contents: TransferContents | None = Field(default=None, description="随人员带来的内容")
    created_at: datetime
    updated_at: datetime
    version: int
    allowed_actions: list[AllowedAction]


class RecordResult(Read):
    specialty_label: str
    score: float | None
    conclusion: str


class RecordSession(Read):
    """``results`` and ``certificate_number`` from the publication on."""

    session_no: int
    start_date: date
    end_date: date
    results: list[RecordResult]
    certificate_number: str | None


class RecordEntry(Read):
    """One registration, of whatever unit."""

    plan_name: str
    type_label: str
    unit_name: str
    training_kind: TrainingKind
    status: RegistrationStatus
    submitted_at: datetime | None
    sessions: list[RecordSession]


class PersonRecord(BaseModel):
    """The person's training over all units, newest first."""

    staff_id: UUID
    name: str
    entries: list[RecordEntry]
