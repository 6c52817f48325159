"""What the list of rows can be narrowed to."""

from uuid import UUID

from pydantic import Field

from services.declaration.legacy.workflow import LegacyOutcome
from shared.db.paging import Filter


class LegacyRowFilter(Filter):
    """``region_code`` is a prefix."""

    import_id: UUID | None = Field(default=None, description="某一次导入")
    comes: bool | None = Field(default=None, description="是否导入（含等待单位注册的）")
    outcome: list[LegacyOutcome] = Field(default=[], max_length=20, description="结果，可多选")
    region_code: str = Field(default="", pattern=r"^(\d{2,6})?$", max_length=6, description="行政区划代码的前几位")
    unit_name: str = Field(default="", max_length=100, description="单位名称的任意部分，或完整的信用代码")
