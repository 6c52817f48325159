"""What the review queue can be narrowed to (DECL-11)."""

from pydantic import Field

from services.declaration.declarations.filters import DeclarationFilter


class ReviewFilter(DeclarationFilter):
    """Without ``status`` it is what waits: 待审核. ``region_code`` is a prefix: 32 the province, 3201 a city, 320102 a county."""

    region_code: str = Field(default="", pattern=r"^(\d{2,6})?$", max_length=6, description="行政区划代码的前几位")
    late: bool | None = Field(default=None, description="已过审核期限仍未审核")
    in_charge: bool | None = Field(default=None, description="由本单位负责审核")
    held_by_me: bool | None = Field(default=None, description="由我打开的")
    opened: bool | None = Field(default=None, description="已有审核人员打开")
    flagged: bool | None = Field(default=None, description="有需要留意的提示")
    withdrawal_requested: bool | None = Field(default=None, description="单位申请撤回")
    resubmitted: bool | None = Field(default=None, description="驳回后重新提交")
