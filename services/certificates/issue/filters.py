"""What a list of certificates is narrowed by."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from services.certificates.issue.numbering import as_written
from services.certificates.issue.workflow import CertificateStatus
from shared.days import Day
from shared.db.paging import Filter
from shared.fields import CleanText, Copied

Part = Annotated[str, CleanText(100)] | None
Written = Annotated[str, CleanText(100), AfterValidator(as_written)] | None
Region = Annotated[str, Field(pattern=r"^\d{0,6}$", max_length=6)]


class CertificateFilters(Filter):
    """``plan_name``, ``unit_name`` and ``holder_name`` match any part, ``number`` its beginning, ``q`` any of number, name and plan."""

    q: Part = Field(default=None, description="证书编号、姓名或培训班名称，可填一部分")
    plan_name: Part = Field(default=None, description="培训班名称，可填一部分")
    holder_name: Part = Field(default=None, description="姓名，可填一部分或拼音首字母")
    number: Written = Field(default=None, description="证书编号，可填前一部分")
    unit_name: Part = Field(default=None, description="单位名称，可填一部分")
    unit_id: UUID | None = None
    region_code: Region = Field(default="", description="行政区划代码，可只填前几位")
    plan_type: Annotated[str, Copied(40)] = Field(default="", description="培训班类型代码")
    year: int | None = Field(default=None, ge=2000, le=2100, description="发证年份")
    valid_from: Day | None = Field(default=None, description="有效期至，不早于")
    valid_to: Day | None = Field(default=None, description="有效期至，不晚于")
    class_session_id: UUID | None = None
    registration_id: UUID | None = None
    status: list[CertificateStatus] = Field(default=[], max_length=20, description="状态，可重复")
