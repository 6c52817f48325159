"""Corrections of name and resident id over the wire (STAFF-15): ids masked in lists, in full for who compares them with the evidence."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.desk.identities.workflow import IdentityStatus
from services.training.people.personnel.form import LABELS
from shared.fields import CleanText, PersonName, StatedResidentId
from shared.web.answers import Read
from shared.web.attached import AttachedFile
from shared.workflow.buttons import AllowedAction


class IdentityCorrectionCreate(BaseModel):
    """The person is named by a file or by a certificate. Of ``name`` and ``resident_id`` what is left out stays as it is. An id
    that misses its check digit is asked for by saying so, and decided with the evidence like any other."""

    model_config = ConfigDict(extra="forbid")

    staff_id: UUID | None = Field(default=None, description="人员信息")
    certificate_id: UUID | None = Field(default=None, description="证书")
    name: PersonName | None = Field(default=None, description=f"更正后的{LABELS['name']}")
    resident_id: StatedResidentId | None = Field(default=None, description=f"更正后的{LABELS['resident_id']}")
    check_digit_confirmed: bool = Field(default=False, description="证件上的号码校验位确实不符")
    reason: Annotated[str, CleanText(400, lines=True), Field(description="更正理由")]
    attachment_ids: Annotated[list[UUID], Field(min_length=1, max_length=10, description="证明材料")]


class IdentityCorrectionListItem(Read):
    """``unit_name`` is who asked, or the province's body that corrected by itself; ``what`` says in words what is corrected;
    ``waiting_days`` for how many days it has waited for the province, None of one that waits no more."""

    id: UUID
    person_id: UUID
    unit_id: UUID | None
    unit_name: str
    status: IdentityStatus
    what: str
    old_name: str
    new_name: str | None
    old_resident_id: str
    new_resident_id: str | None
    reason: str
    created_at: datetime
    updated_at: datetime
    waiting_days: int | None
    version: int
    allowed_actions: list[AllowedAction]


class IdentityCorrectionRead(IdentityCorrectionListItem):
    """The ids in full. ``certificate_numbers`` are those that the person has, and that are issued again when it is agreed to."""

    certificate_numbers: list[str]
    attachments: list[AttachedFile]
