"""Cases over the wire: what each kind asks for, what of it is kept with the case, what the applicant and the reviewer see. Phones leave
here masked (PLAT-05).
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.auth.access.sessions.schemas import Password
from services.auth.desks.cases.workflow import CaseKind, CaseStatus
from shared.fields import (
    AS_NAME,
    PASTED,
    CleanText,
    Copied,
    Mobile,
    PersonName,
    RegionCode,
    StatedResidentId,
    StatedUscc,
)
from shared.roles import Level
from shared.web.answers import Read
from shared.web.histories import HistoryEntry
from shared.workflow.buttons import AllowedAction

MAX_FILES = 10
Proof = Annotated[str, Field(min_length=1, description="验证（图形验证或 ALTCHA）"), Copied(4000)]
CaseNumber = Annotated[str, Field(description="办理编号"), Copied(40)]
SmsCode = Annotated[str, Field(min_length=1, description="新手机号码收到的验证码"), Copied(20)]
Words = Annotated[str, CleanText(500, lines=True)]
UnitName = Annotated[str, CleanText(100)]
BranchNo = Annotated[str, CleanText(20, blank=True), PASTED]
Evidence = Annotated[list[UUID], Field(min_length=1, max_length=MAX_FILES, description="已上传的证明材料")]
OptionalEvidence = Annotated[list[UUID], Field(max_length=MAX_FILES, description="已上传的证明材料")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CaseCodeRequest(_Body):
    phone: Mobile
    proof: Proof


class RegistrationLookup(_Body):
    credit_code: StatedUscc
    proof: Proof


class AccountHint(BaseModel):
    """``number`` is what an appeal names it by."""

    number: int
    login_name: str = Field(description="掩码显示")
    phone_hint: str


class UnitHint(BaseModel):
    """``name`` and ``accounts`` only where there is more than one to choose from (X22)."""

    branch_no: str
    name: str | None
    phone_hint: str = Field(description="注册手机号的末两位")
    accounts: list[AccountHint]


class NextStep(BaseModel):
    action: str
    label: str
    advice: str


class UnitLookup(BaseModel):
    """Whether the code is registered, and what to do now (FAQ-D2)."""

    registered: bool
    units: list[UnitHint]
    next_steps: list[NextStep]


class AppealCreate(_Body):
    """``branch_no`` and ``account`` choose where the look-up has shown several."""

    credit_code: StatedUscc
    branch_no: BranchNo | None = None
    account: int | None = Field(default=None, ge=1)
    applicant_name: PersonName
    phone: Mobile
    code: SmsCode
    reason: Words
    attachments: Evidence
    proof: Proof


class CorrectionCreate(_Body):
    """``branch_no`` is for a branch without a code of its own, which stands under its head office's (ORG-09). A code that misses its check
    digit is asked for by saying so, and decided with the scan like the rest of it (STAFF-15)."""

    credit_code: StatedUscc
    check_digit_confirmed: bool = Field(default=False, description="执照上的代码校验位确实不符")
    branch_no: BranchNo = ""
    name: Annotated[str, CleanText(100, blank=True)] = ""
    reason: Words
    attachments: Evidence


class ClaimCreate(_Body):
    credit_code: StatedUscc
    name: UnitName
    region_code: RegionCode
    address: Annotated[str, CleanText(200, blank=True)] = ""
    legal_representative: Annotated[str, CleanText(50, blank=True, printed=False), AS_NAME] = ""
    applicant_name: PersonName
    phone: Mobile
    code: SmsCode
    reason: Words
    attachments: Evidence
    proof: Proof


class PhoneChangeCreate(_Body):
    account: Annotated[str, CleanText(64), PASTED] = Field(description="登录账号")
    password: Password
    phone: Mobile
    code: SmsCode
    reason: Words
    attachments: OptionalEvidence = []
    proof: Proof


class EnquiryCreate(_Body):
    applicant_name: PersonName
    organisation_name: Annotated[str, CleanText(100, blank=True)] = ""
    region_code: RegionCode
    phone: Mobile
    question: Words
    proof: Proof


class _NumberCase(_Body):
    """``reason`` says how the number comes to be as it is; the evidence is a scan of the document that bears it."""

    reason: Words
    attachments: Evidence


class CodeCaseCreate(_NumberCase):
    """信用代码核准 by anybody, where the unit sits (STAFF-15)."""

    credit_code: StatedUscc
    name: UnitName
    region_code: RegionCode
    applicant_name: PersonName
    phone: Mobile
    code: SmsCode
    proof: Proof


class IdCaseCreate(_NumberCase):
    """身份证号核准 by anybody, for an account that is applied for (STAFF-15); ``name`` is the person's."""

    resident_id: StatedResidentId
    name: PersonName
    region_code: RegionCode
    organisation_name: Annotated[str, CleanText(100, blank=True)] = ""
    phone: Mobile
    code: SmsCode
    proof: Proof


class OwnIdCaseCreate(_NumberCase):
    """身份证号核准 by a unit, for one of its people (STAFF-15)."""

    resident_id: StatedResidentId
    name: PersonName


class CaseDetails(BaseModel):
    """What a kind keeps beside the columns of a case; most need nothing."""


class NumberDetails(CaseDetails):
    """A code or an id that misses its check digit, and whose it is."""

    number: str
    name: str


class CorrectionDetails(CaseDetails):
    credit_code: str
    branch_no: str
    name: str
    old_credit_code: str


class ClaimDetails(CaseDetails):
    credit_code: str
    name: str
    region_code: str
    address: str
    legal_representative: str


class CaseFile(Read):
    """``size`` in bytes, as stored."""

    id: UUID
    name: str
    content_type: str
    size: int


class CaseFileStored(CaseFile):
    """``key`` goes with the files and the case that refers to them."""

    key: str


class CaseStep(BaseModel):
    """``state`` is done, current or waiting."""

    label: str
    state: str
    at: datetime | None


class CaseProgress(Read):
    """What whoever knows the number may know: nothing of a person but the masked phone."""

    number: str
    kind: CaseKind
    status: CaseStatus
    organisation_name: str
    phone: str = Field(description="掩码显示")
    steps: list[CaseStep]
    with_whom: str = Field(description="现在由谁办理")
    contact: str = Field(description="办理单位及电话")
    next_step: str
    decision_reason: str | None = Field(description="办理意见；在线咨询为答复")
    submitted_at: datetime
    decided_at: datetime | None


class CaseFiled(CaseProgress):
    """The one answer that shows the key."""

    id: UUID
    key: str


class CaseListItem(Read):
    id: UUID
    number: str
    kind: CaseKind
    status: CaseStatus
    organisation_name: str
    applicant_name: str
    region_code: str
    level: Level
    created_at: datetime
    decided_at: datetime | None
    allowed_actions: list[AllowedAction]
    version: int


class CaseBeside(Read):
    """Another open appeal or claim about the same unit: one of them may be a stranger's."""

    id: UUID
    number: str
    kind: CaseKind
    applicant_name: str
    phone: str = Field(description="掩码显示")
    created_at: datetime


class CaseRead(CaseListItem):
    """``outcome`` says in words what an approval will do; empty once the case is decided. ``beside`` are the others that wait."""

    beside: list[CaseBeside]
    phone: str = Field(description="掩码显示")
    reason: str
    outcome: str
    decision_reason: str | None
    attachments: list[CaseFile]
    history: list[HistoryEntry]
