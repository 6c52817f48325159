"""What the list of accounts (管理员管理) can be asked for: every filter is a query parameter of the same name (ORG-12)."""

from uuid import UUID

from pydantic import Field

from services.auth.access.accounts.workflow import AccountStatus
from shared.days import Day
from shared.db.paging import Filter
from shared.roles import Level, Portal


class AccountFilters(Filter):
    status: list[AccountStatus] | None = Field(default=None, max_length=20, description="状态")
    portal: Portal | None = Field(default=None, description="账号类别")
    level: Level | None = Field(default=None, description="所属机构的层级")
    region_code: str = Field(
        default="", pattern="^([0-9]{2,6})?$", max_length=6, description="行政区划代码，可只给前几位"
    )
    organisation_id: UUID | None = Field(default=None, description="所属机构")
    q: str = Field(
        default="", max_length=100, description="登录账号、姓名、单位名称的任意部分，或姓名、单位名称的拼音首字母"
    )
    locked: bool | None = Field(default=None, description="是否因密码输错被锁定")
    expires_before: Day | None = Field(default=None, description="有效期截止日期早于该日")
    waiting_for_activation: bool | None = Field(default=None, description="是否尚未激活（未设置密码）")
