"""What the list of organisations (机构管理) can be asked for: every filter is a query parameter of the same name (ORG-12)."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from services.auth.directory.organisations.workflow import OrganisationKind, OrganisationStatus
from shared.roles import Level


@dataclass(frozen=True)
class OrganisationFilters:
    """None and "" leave a filter out."""

    status: Annotated[list[OrganisationStatus] | None, Query(description="状态")] = None
    level: Annotated[Level | None, Query(description="层级")] = None
    kind: Annotated[OrganisationKind | None, Query(description="单位属性")] = None
    region_code: Annotated[str, Query(pattern="^([0-9]{2,6})?$", description="行政区划代码，可只给前几位")] = ""
    q: Annotated[str, Query(max_length=100, description="名称的任意部分或拼音首字母，或统一社会信用代码")] = ""
