"""Groups over the wire (BEY-17): the head's own list, and what a branch and its county are asked."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.declaration.clock.workflow import DueState
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.form.choices import DeclarationKind
from services.declaration.groups.workflow import Consent, MemberStatus
from shared.fields import CleanText, Uscc
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class GroupCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, CleanText(100)] = Field(description="集团名称")


class GroupRead(Read):
    """The group that the caller's company has made; ``joined`` and ``invited`` are how many branches."""

    id: UUID
    name: str
    joined: int = Field(description="已加入的单位数")
    invited: int = Field(description="待同意的单位数")
    most: int = Field(description="最多可邀请的单位数")
    version: int


class OwnGroup(BaseModel):
    """``group`` is None where the company has made none."""

    group: GroupRead | None = Field(description="本单位组建的集团，没有则为空")


class Invitation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    credit_code: Uscc = Field(description="统一社会信用代码；没有独立代码的分支机构填总机构的代码")
    name: Annotated[str, CleanText(100)] = Field(description="单位名称，与营业执照一致")
    county_asked: bool = Field(default=False, description="请所在区县的卫生健康部门代为同意")


class MemberDeclaration(Read):
    """``problems`` is how many keep it from being submitted; None where it is not to be edited now."""

    id: UUID
    kind: DeclarationKind
    status: DeclarationStatus
    declared_on: date
    version: int
    problems: int | None = Field(description="提交前还需修改的处数")


class MemberDue(BaseModel):
    """What is due first of the branch (BEY-10)."""

    kind_label: str = Field(description="应办理的申报")
    last_day: date | None = Field(description="最后期限")
    state: DueState
    state_label: str


class MemberRead(Read):
    """A row of the head's list. Of a branch that is no member it says only what the head typed itself, and how it was answered."""

    id: UUID
    name: str
    credit_code: str
    branch_no: str
    region_label: str | None
    status: MemberStatus
    county_asked: bool = Field(description="是否请区县代为同意")
    consent: Consent | None
    invited_at: datetime = Field(description="邀请时间")
    joined_at: datetime | None = Field(description="加入时间")
    decided_by: str | None
    reason: str | None
    declaration: MemberDeclaration | None
    due: MemberDue | None
    version: int
    allowed_actions: list[AllowedAction]


class MembershipRead(Read):
    """What a branch, or its county, is asked: by whom, and in ``terms`` what the head would see and be able to do."""

    id: UUID
    group_name: str = Field(description="集团名称")
    head_name: str = Field(description="集团总部的单位名称")
    head_code: str = Field(description="集团总部的统一社会信用代码")
    employer_name: str
    credit_code: str
    region_label: str | None
    status: MemberStatus
    county_asked: bool = Field(description="是否请区县代为同意")
    consent: Consent | None
    invited_at: datetime = Field(description="邀请时间")
    invited_by: str = Field(description="邀请人")
    joined_at: datetime | None = Field(description="加入时间")
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    terms: str = Field(description="加入后总部能看到什么、能做什么")
    version: int
    allowed_actions: list[AllowedAction]


class SubmitBatch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    member_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)] = Field(description="要提交申报的成员")


class SubmitResult(BaseModel):
    """``code`` and ``reason`` say why one was not submitted."""

    member_id: UUID
    employer_name: str
    done: bool
    code: str | None = None
    reason: str | None = None


class SubmitsRead(BaseModel):
    """``done`` and ``refused`` are how many; one answer for each that was asked for."""

    done: int
    refused: int
    results: list[SubmitResult]
