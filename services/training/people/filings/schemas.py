"""资质申报 over the wire: 基本信息, 仪器信息 and 检查项目 in one record, 资质附件 by kind; 人员信息 has an address of its own. What the
fields are stands in ``form``.
"""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.training.people.filings.form import CHECK_ITEM, FIELDS, INSTRUMENT, MOST_ROWS
from services.training.people.filings.workflow import FilingKind, FilingStatus
from shared.web.answers import Read
from shared.web.attached import AttachmentsOfKind
from shared.web.drafts import Draft
from shared.web.form_tables import for_change, for_draft, for_new, having
from shared.workflow.buttons import AllowedAction

NONE = "无"


@having(for_new(INSTRUMENT))
class Instrument(BaseModel):
    model_config = ConfigDict(extra="forbid")


@having(for_new(CHECK_ITEM))
class CheckItem(BaseModel):
    model_config = ConfigDict(extra="forbid")


_Instruments = Annotated[list[Instrument], Field(max_length=MOST_ROWS, description="仪器信息")]
_Items = Annotated[list[CheckItem], Field(max_length=MOST_ROWS, description="检查项目")]


@having(for_new(FIELDS))
class FilingCreate(BaseModel):
    """What the first 保存 keeps (ORG-03): 单位名称, 联系人 and 联系人手机 are required."""

    model_config = ConfigDict(extra="forbid")

    kind: FilingKind
    instruments: _Instruments = Field(default_factory=list)
    items: _Items = Field(default_factory=list)


@having(for_change(FIELDS))
class FilingUpdate(BaseModel):
    """What a later 保存 changes: a tab sends its own, what is left out stays; what is required is not emptied."""

    model_config = ConfigDict(extra="forbid")

    instruments: _Instruments | None = None
    items: _Items | None = None

    @model_validator(mode="after")
    def _lists_are_emptied_by_empty_lists(self) -> Self:
        self.model_fields_set.difference_update(
            name for name in ("instruments", "items") if getattr(self, name) is None
        )
        return self


@having(for_draft(FIELDS))
class FilingDraft(Draft):
    """基本信息 on its way, checked while it is filled in."""


class FilingTab(BaseModel):
    """One of the five tabs (ORG-02). ``reason`` is why it cannot be opened yet and what to do (ORG-04), null when it can."""

    key: str
    label: str
    reason: str | None


class FilingRead(Read):
    """``number`` reads 无 for a unit without a record (ORG-06). ``contact_mobile`` is whole for the unit, masked for others. ``closed`` is
    why nothing of it can be changed now (ORG-05)."""

    id: UUID
    kind: FilingKind
    institution_id: UUID
    status: FilingStatus
    name: str
    address: str
    legal_representative: str
    legal_representative_title: str
    contact_name: str
    contact_mobile: str
    phone: str | None
    fax: str | None
    postcode: str | None
    email: str | None
    unfiled: bool
    number: str | None
    filed_on: date | None
    standing: str = Field(description="状态")
    services: list[dict[str, object]]
    instruments: list[Instrument]
    items: list[CheckItem]
    attachments: list[AttachmentsOfKind]
    closed: str | None
    allowed_actions: list[AllowedAction]
    version: int
    updated_at: datetime


class FilingListItem(Read):
    """One kind of filing of the actor's unit, begun or not."""

    kind: FilingKind
    id: UUID | None
    status: FilingStatus | None
    status_label: str
    colour: str
    advice: str
    tabs: list[FilingTab]
