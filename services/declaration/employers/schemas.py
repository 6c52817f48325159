"""注册信息 over the wire: what an employer may correct by itself (ORG-11), and what became of it."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.fields import CleanText, Mobile, PersonName, RegionCode
from shared.web.answers import Read
from shared.workflow.definition import AllowedAction


class EmployerUpdate(BaseModel):
    """Fields that are left out stay as they are; none can be emptied."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, CleanText(100)] = Field(default="", description="单位名称")
    region_code: RegionCode = Field(default="", description="所属地区，到区县一级")
    address: Annotated[str, CleanText(200)] = Field(default="", description="单位注册地址")
    legal_representative: PersonName = Field(default="", description="法定代表人（主要负责人）")
    contact_name: PersonName = Field(default="", description="联系人")
    contact_phone: Mobile = ""


class EmployerRead(Read):
    """The employer's own view, so its contact's phone is shown whole. ``allowed_actions`` says why 修改 is refused (PLAT-02)."""

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
    version: int
    allowed_actions: list[AllowedAction]


class BasicsChange(BaseModel):
    """One line of the diff (FAQ-D4)."""

    field: str
    label: str
    before: str | None
    after: str | None
