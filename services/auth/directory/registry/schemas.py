"""A company as the registry knows it, and the basics of an old system's account, as they go over the wire."""

from pydantic import BaseModel, ConfigDict, Field

from shared.fields import StatedUscc


class CompanyRead(BaseModel):
    """What 工商登记 says of a company; also the shape in which an HTTP registry answers, whose other members are passed over."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    credit_code: StatedUscc
    name: str
    region_code: str = Field(default="", pattern="^([0-9]{6})?$", max_length=6)
    address: str = ""
    legal_representative: str = ""
    status: str = Field(default="", description="登记状态，如 存续、注销")


class CompaniesFound(BaseModel):
    """``available`` is False while the registry cannot be asked; then the form is filled in by hand, as ``message`` says."""

    companies: list[CompanyRead]
    available: bool = True
    message: str | None = None
