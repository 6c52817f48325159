"""What the list of accounts (管理员管理) can be asked for: every filter is a query parameter of the same name (ORG-12)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.auth.access.accounts.workflow import AccountStatus
from shared.roles import Level, Portal


@dataclass(frozen=True)
class AccountFilters:
    """None and "" leave a filter out."""

    status: Annotated[list[AccountStatus] | None, Query(description="状态")] = None
    portal: Annotated[Portal | None, Query(description="账号类别")] = None
    level: Annotated[Level | None, Query(description="所属机构的层级")] = None
    region_code: Annotated[str, Query(pattern="^([0-9]{2,6})?$", description="行政区划代码，可只给前几位")] = ""
    organisation_id: Annotated[UUID | None, Query(description="所属机构")] = None
    q: Annotated[str, Query(max_length=100, description="登录账号、姓名、单位名称的任意部分，或单位名称拼音首字母")] = (
        ""
    )
    locked: Annotated[bool | None, Query(description="是否因密码输错被锁定")] = None
    expires_before: Annotated[date | None, Query(description="有效期截止日期早于该日")] = None
    waiting_for_activation: Annotated[bool | None, Query(description="是否尚未激活（未设置密码）")] = None
