"""What the units of 选班进度 can be narrowed by (STAFF-16)."""

from pydantic import Field

from services.training.classes.selection.workflow import SelectionStatus
from shared.db.paging import Filter


class ProgressFilter(Filter):
    status: list[SelectionStatus] = Field(default=[], max_length=20, description="待选班、已选班，可多选")
    unit_name: str = Field(default="", max_length=100, description="单位名称任意部分或拼音首字母")
    region_code: str = Field(default="", pattern=r"^\d{2,6}$", max_length=6, description="行政区划代码的前几位")
    unplaced: bool | None = Field(default=None, description="有人没有选班")
