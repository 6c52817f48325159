"""What comes with the reviewer's steps along a registration's table. The table itself is in ``workflow``."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.workflow.definition import ActionBody, Labelled


class ReturnKind(Labelled):
    """STAFF-03."""

    WRONG = "wrong", "信息错误"
    INCOMPLETE = "incomplete", "信息不完整"
    MATERIAL_MISSING = "material_missing", "材料不全"
    NOT_ELIGIBLE = "not_eligible", "不符合报名条件"
    OTHER = "other", "其他"


class ReturnBody(ActionBody):
    """Why and for which fields a registration goes back (STAFF-03, BEY-04)."""

    kind: ReturnKind = Field(default=ReturnKind.OTHER, description="退回类别")
    fields: list[Annotated[str, Field(max_length=60)]] = Field(
        default_factory=list, max_length=30, description="需要修改的字段"
    )


class CorrectionBody(ActionBody):
    """``until`` is the last day of the correction window, inclusive, in Beijing (STAFF-13)."""

    until: date = Field(description="补正截止日期，含当日")
