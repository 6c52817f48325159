"""Applications over the wire: as their applicant makes and reads them, as anybody with the number follows them, as managers decide them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.auth.desks.applications.form_schemas import ApplicationDraft
from services.auth.desks.applications.printing import PrintedSection
from services.auth.desks.applications.workflow import ApplicationStatus
from services.auth.directory.organisations.schemas import OrganisationRead
from shared.fields import Copied
from shared.roles import Level
from shared.web.answers import Read
from shared.web.problems import ProblemField
from shared.workflow.buttons import AllowedAction

_Proof = Annotated[str, Field(description="图形验证或 ALTCHA 的结果"), Copied(4000)]
NUMBER_PATTERN = r"^\s*[A-Za-z0-9-]{1,40}\s*$"
_Number = Annotated[str, Field(pattern=NUMBER_PATTERN, description="申请编号"), Copied(60)]
_Code = Annotated[str, Field(description="短信验证码"), Copied(20)]


class ApplicationCreate(BaseModel):
    """``form`` may lack anything."""

    proof: _Proof
    form: ApplicationDraft = ApplicationDraft()


class ProofGiven(BaseModel):
    proof: _Proof


class CodeGiven(BaseModel):
    code: _Code


class ResumeCodeAsk(BaseModel):
    number: _Number
    proof: _Proof


class ResumeAsk(BaseModel):
    number: _Number
    code: _Code


class ApplicationKey(Read):
    """``key`` is shown this once; it goes into X-Applicant-Key, and with the number it opens the form again."""

    number: str
    key: str
    status: ApplicationStatus
    version: int


class ApplicationFile(Read):
    """``size`` in bytes; ``kind`` is signed_form or evidence."""

    id: UUID
    kind: str
    name: str
    content_type: str
    size: int
    uploaded_at: datetime


class OwnApplicationRead(Read):
    """The whole form for its applicant. ``missing`` is what still keeps it from being submitted, ``hints`` what is worth a thought;
    ``desk`` names who has it or would have it, with the telephone, empty before a district is chosen and where nobody has it."""

    number: str
    status: ApplicationStatus
    version: int
    form: ApplicationDraft
    form_revision: int
    missing: list[ProblemField]
    hints: list[ProblemField]
    desk: str = Field(description="办理单位及电话")
    attachments: list[ApplicationFile]
    decision_reason: str | None
    allowed_actions: list[AllowedAction]


class FormPdfRead(BaseModel):
    """The state of the form that ``form.pdf`` shows now."""

    revision: int
    version: int


class StatusStep(BaseModel):
    """``state``: done, current, waiting, failed."""

    label: str
    state: str
    at: datetime | None


class Holder(BaseModel):
    """Who has the application now."""

    name: str
    phone: str


class PublicStatusRead(Read):
    """What anybody with the number may know (FAQ-M1); names masked, ``next_step`` says what comes next, in Chinese."""

    number: str
    status: ApplicationStatus
    steps: list[StatusStep]
    next_step: str
    holder: Holder | None
    unit_name: str
    person_name: str
    submitted_at: datetime | None
    decided_at: datetime | None
    reason: str | None
    login_name: str | None


class ApplicationListItem(Read):
    id: UUID
    number: str
    unit_name: str
    credit_code: str
    region_code: str
    level: Level
    person_name: str
    status: ApplicationStatus
    submitted_at: datetime
    decided_at: datetime | None
    allowed_actions: list[AllowedAction]
    version: int


class FormChange(BaseModel):
    """One field that is other than it was when last submitted."""

    field: str
    label: str
    before: str
    after: str


class ApplicationRead(ApplicationListItem):
    """The whole form for the account managers; the phone, the resident id and the e-mail are masked unless ``full``."""

    form: dict[str, object]
    full: bool
    sections: list[PrintedSection]
    remarks: str
    changes: list[FormChange]
    attachments: list[ApplicationFile]
    decision_reason: str | None
    existing_organisation: OrganisationRead | None = Field(description="同一信用代码已有的单位；开通后账号归入该单位")
    login_name: str | None


class DefinitionChoice(BaseModel):
    value: str
    label: str
    group: str


class DefinitionField(BaseModel):
    name: str
    label: str
    required: bool
    help: str
    kind: str
    choices: list[DefinitionChoice]
    wide: bool


class DefinitionSection(BaseModel):
    title: str
    fields: list[DefinitionField]


class DefinitionGroup(BaseModel):
    """Which 申请用途 may tick which permissions (X25)."""

    label: str
    purpose: str
    permissions: list[str]


class FormDefinitionRead(BaseModel):
    """Everything that the portal needs to show the form."""

    title: str
    sections: list[DefinitionSection]
    permission_groups: list[DefinitionGroup]
    pledge_title: str
    pledge_text: str
    pledge: DefinitionField
    remarks: DefinitionField
