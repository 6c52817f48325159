"""An organisation as it is opened, corrected, listed, and shown beside an account."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.auth.directory.organisations.workflow import OrganisationKind, OrganisationStatus
from shared.fields import AS_NAME, CleanText, Copied, Landline, Mobile, Postcode, RegionCode, StatedUscc
from shared.roles import Grant, Level
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class OrganisationOpen(BaseModel):
    """Everything that an organisation begins with. Its code was judged by whoever opens it (``accepted``)."""

    name: Annotated[str, CleanText(100)]
    short_name: Annotated[str, CleanText(50)]
    credit_code: StatedUscc
    branch_no: Annotated[str, CleanText(20, blank=True)] = ""
    level: Level
    region_code: RegionCode
    phone: Landline | None = None
    kinds: tuple[OrganisationKind, ...] = ()
    head_office_id: UUID | None = None
    jurisdiction_code: Annotated[str, Field(pattern=r"^([0-9]{6})?$"), Copied(20)] = ""
    address: Annotated[str, CleanText(200, blank=True)] = ""
    postcode: Postcode | None = None
    legal_representative: Annotated[str, CleanText(50, blank=True, printed=False), AS_NAME] = ""
    legal_representative_title: Annotated[str, CleanText(50, blank=True)] = ""
    contact_name: Annotated[str, CleanText(50, blank=True, printed=False), AS_NAME] = ""
    contact_phone: Mobile | Landline | None = None


class OrganisationRead(Read):
    id: UUID
    name: str
    short_name: str
    credit_code: str
    branch_no: str
    level: Level
    region_code: str
    phone: str


class OrganisationUpdate(BaseModel):
    """What an overseer corrects; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, CleanText(100)] = ""
    short_name: Annotated[str, CleanText(50)] = ""
    region_code: RegionCode = Field(default="", description="同一层级的另一个行政区划")
    phone: Landline | None = None
    address: Annotated[str, CleanText(200, blank=True)] = ""
    postcode: Postcode | None = None
    legal_representative: Annotated[str, CleanText(50, blank=True, printed=False), AS_NAME] = ""
    contact_name: Annotated[str, CleanText(50, blank=True, printed=False), AS_NAME] = ""
    contact_phone: Mobile | Landline | None = None


class OrganisationListItem(OrganisationRead):
    """A row of 机构管理 (ORG-12)."""

    kinds: list[OrganisationKind]
    status: OrganisationStatus
    allowed_actions: list[AllowedAction]
    version: int


class OrganisationDetail(OrganisationListItem):
    """``grantable`` is what an account that is opened for it may be granted (X25); ``edits`` says whether this reader may correct it, by
    ``update``, and why not (PLAT-02)."""

    edits: list[AllowedAction]
    grantable: list[Grant]
    head_office_id: UUID | None
    jurisdiction_code: str
    address: str
    postcode: str
    legal_representative: str
    legal_representative_title: str
    contact_name: str
    contact_phone: str = Field(description="掩码显示")
