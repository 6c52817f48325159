"""What the list of what is due can be narrowed to."""

from pydantic import Field

from services.declaration.clock.workflow import DueState, Reach
from services.declaration.form.choices import DeclarationKind
from shared.days import Day
from shared.db.paging import Filter


class DueFilter(Filter):
    """Without ``state`` it is what an office looks after: 已逾期, 即将到期, 从未申报. ``region_code`` is a prefix."""

    state: list[DueState] = Field(default=[], max_length=10, description="办理情况，可多选")
    kind: list[DeclarationKind] = Field(default=[], max_length=10, description="申报类型，可多选")
    region_code: str = Field(default="", pattern=r"^(\d{2,6})?$", max_length=6, description="行政区划代码的前几位")
    employer_name: str = Field(default="", max_length=100, description="单位名称的任意部分或拼音首字母")
    reach: list[Reach] = Field(
        default=[], max_length=5, description="通知送达方式，可多选；没有账号或手机号的需电话催报"
    )
    last_day_from: Day | None = Field(default=None, description="办理期限自")
    last_day_to: Day | None = Field(default=None, description="办理期限至")
    urged_today: bool | None = Field(default=None, description="今天已催报")
