"""The review desk over the wire: the queue, one record beside the last approved one, a batch, the switches of flags."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.declaration.declarations.schemas import DeclarationListItem, DeclarationRead
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.form.choices import DeclarationKind
from services.declaration.form.differences import Difference
from services.declaration.form.flags import Flag
from shared.web.answers import Read


class DeclarationReviewListItem(DeclarationListItem):
    """A row of the queue (DECL-11). ``due_on`` is the last day of the review, ``flags`` what is odd, ``in_charge`` whether the caller's
    office decides."""

    credit_code: str
    pending_since: datetime | None
    due_on: date | None
    days_left: int | None
    opened_by_reviewer_at: datetime | None
    reviewer_name: str | None
    withdrawal_reason: str | None
    resubmitted: bool
    in_charge: bool
    flags: list[Flag]


class LastApproved(Read):
    id: UUID
    kind: DeclarationKind
    declared_on: date


class ComparedToLast(BaseModel):
    """What differs from the declaration that was approved before it, as its employer sees it (FAQ-D4); ``last_approved`` is None for the
    first."""

    last_approved: LastApproved | None
    differences: list[Difference]


class StandingOrder(Read):
    """A superior's order that waits for an answer (FAQ-D22)."""

    id: UUID
    reason: str
    due_on: date
    organisation_name: str


class DeclarationReviewRead(BaseModel):
    """``differences`` are those to ``last_approved``, None when this is the first; ``previous`` and ``next`` in the order of the queue."""

    declaration: DeclarationRead
    last_approved: LastApproved | None
    differences: list[Difference]
    flags: list[Flag]
    order: StandingOrder | None
    previous: UUID | None
    next: UUID | None


class ApprovalBatch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    declaration_ids: list[UUID] = Field(min_length=1, max_length=200, description="一起审核通过的申报")


class ApprovalResult(Read):
    """What became of one record; ``reason`` is why it was not approved."""

    declaration_id: UUID
    employer_name: str
    done: bool
    status: DeclarationStatus | None = None
    code: str | None = None
    reason: str | None = None


class ApprovalsRead(BaseModel):
    done: int
    refused: int
    results: list[ApprovalResult]


class FlagRead(Read):
    """One rule: ``explanation`` says it with the ``bounds`` that it compares with, ``can_switch`` whether the caller may turn it on or
    off."""

    code: str
    label: str
    words: str
    explanation: str = Field(description="规则说明，含界限")
    bounds: dict[str, Any]
    enabled: bool
    can_switch: bool


class FlagUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    enabled: bool = Field(description="是否提示")


class RegionColumn(BaseModel):
    """One number of each region."""

    key: str
    label: str


class RegionFigure(BaseModel):
    """``path`` is the portal's list of exactly these rows."""

    key: str
    count: int
    path: str


class RegionRow(BaseModel):
    """``below`` is the page with the parts of this region, None where it has none."""

    region_code: str
    region_label: str
    below: str | None
    figures: list[RegionFigure]


class RegionsRead(BaseModel):
    """The parts of a region in which something is on its way, and all of them together; ``above`` leads back up."""

    region_code: str
    region_label: str
    above: str | None
    columns: list[RegionColumn]
    rows: list[RegionRow]
    total: RegionRow
