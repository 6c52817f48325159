"""What the lists of groups can be narrowed to."""

from pydantic import Field

from services.declaration.groups.workflow import MemberStatus
from shared.db.paging import Filter


class MemberFilter(Filter):
    status: list[MemberStatus] = Field(default=[], max_length=10, description="状态，可多选")
    name: str = Field(default="", max_length=100, description="单位名称的任意部分，或拼音首字母")


class MembershipFilter(Filter):
    status: list[MemberStatus] = Field(default=[], max_length=10, description="状态，可多选")
