"""资质申报 over the wire: 基本信息, 仪器信息, 检查项目 and 资质附件 in one form; 人员信息 has an address of its own."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.training.people.filings.workflow import FilingKind, FilingStatus, ServiceItem
from shared.clock import beijing_today, now_utc
from shared.days import Day
from shared.fields import AS_NAME, PASTED, CleanText, Landline, Mobile, PersonName, Postcode
from shared.web.answers import Read
from shared.workflow.definition import AllowedAction

NONE = "无"


def _not_ahead(day: date) -> date:
    if day > beijing_today(now_utc()):
        raise PydanticCustomError("date_ahead", "不能晚于今天")
    return day


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Email = Annotated[str, CleanText(100), Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), PASTED]
_Blank = BeforeValidator(_blank_is_none)
_Optional = CleanText(100, blank=True)


class Instrument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, CleanText(100)] = Field(description="仪器名称")
    model: Annotated[str, _Optional] = Field(default="", description="规格型号")
    quantity: Annotated[int, Field(ge=1, le=9999, description="数量")] = 1
    note: Annotated[str, _Optional] = Field(default="", description="备注")


class CheckItem(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, CleanText(100)] = Field(description="检查项目")
    note: Annotated[str, _Optional] = Field(default="", description="备注")


class FilingSave(BaseModel):
    """What 保存 keeps (ORG-03): 单位名称, 联系人 and 联系人手机 are required. 备案编号 无 is the switch 未备案 (ORG-06)."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, CleanText(100)] = Field(description="单位名称")
    address: Annotated[str, CleanText(200, blank=True)] = Field(default="", description="注册地址")
    legal_representative: Annotated[str, CleanText(50, blank=True), AS_NAME] = Field(
        default="", description="法定代表人"
    )
    legal_representative_title: Annotated[str, CleanText(50, blank=True)] = Field(
        default="", description="法定代表人职务"
    )
    contact_name: PersonName = Field(description="联系人")
    contact_mobile: Mobile
    phone: Annotated[Landline | None, _Blank] = None
    fax: Annotated[Landline | None, _Blank] = None
    postcode: Annotated[Postcode | None, _Blank] = None
    email: Annotated[Email | None, _Blank] = None
    unfiled: bool = Field(default=False, description="未备案")
    number: Annotated[Annotated[str, CleanText(100), PASTED] | None, _Blank] = Field(
        default=None, description="备案编号"
    )
    filed_on: Annotated[Day | None, _Blank, AfterValidator(lambda day: day and _not_ahead(day))] = None
    services: list[ServiceItem] = Field(default_factory=list, max_length=len(ServiceItem), description="服务项目")
    instruments: list[Instrument] = Field(default_factory=list, max_length=500, description="仪器信息")
    items: list[CheckItem] = Field(default_factory=list, max_length=500, description="检查项目")
    attachment_ids: list[UUID] = Field(default_factory=list, max_length=50, description="资质附件")

    @model_validator(mode="after")
    def _no_record_no_date(self) -> Self:
        if self.number == NONE or self.unfiled:
            self.unfiled, self.number, self.filed_on = True, None, None
        return self


class FilingCreate(FilingSave):
    kind: FilingKind


class FilingAttachment(Read):
    id: UUID
    name: str
    content_type: str
    size: int


class FilingRead(Read):
    """``number`` reads 无 for a unit without a record (ORG-06). ``contact_mobile`` is whole for the unit, masked for others."""

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
    attachments: list[FilingAttachment]
    allowed_actions: list[AllowedAction]
    version: int
    updated_at: datetime


class FilingListItem(Read):
    """One kind of filing of the actor's unit, begun or not."""

    kind: FilingKind
    id: UUID | None
    status: FilingStatus | None
    status_label: str
    advice: str
