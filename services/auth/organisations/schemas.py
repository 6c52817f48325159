"""An organisation as it is opened and as it is shown beside an account."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from shared.fields import CleanText, Landline, Uscc
from shared.roles import Level


class OrganisationOpen(BaseModel):
    """Everything that an organisation begins with."""

    name: Annotated[str, CleanText(100)]
    short_name: Annotated[str, CleanText(50)]
    credit_code: Uscc
    branch_no: Annotated[str, CleanText(20, blank=True)] = ""
    level: Level
    region_code: str = Field(pattern=r"^[0-9]{6}$")
    phone: Landline | None = None


class OrganisationRead(BaseModel):
    id: UUID
    name: str
    short_name: str
    credit_code: str
    branch_no: str
    level: Level
    region_code: str
    phone: str
