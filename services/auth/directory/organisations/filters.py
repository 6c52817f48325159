"""What the list of organisations (机构管理) can be asked for: every filter is a query parameter of the same name (ORG-12)."""

from pydantic import Field

from services.auth.directory.organisations.workflow import OrganisationKind, OrganisationStatus
from shared.db.paging import Filter
from shared.roles import Level


class OrganisationFilters(Filter):
    status: list[OrganisationStatus] | None = Field(default=None, max_length=20, description="状态")
    level: Level | None = Field(default=None, description="层级")
    kind: OrganisationKind | None = Field(default=None, description="单位属性")
    region_code: str = Field(
        default="", pattern="^([0-9]{2,6})?$", max_length=6, description="行政区划代码，可只给前几位"
    )
    q: str = Field(default="", max_length=100, description="名称的任意部分或拼音首字母，或统一社会信用代码")
