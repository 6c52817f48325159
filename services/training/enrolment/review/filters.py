"""What the review queue can be narrowed by (STAFF-02, FAQ-M5)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.choices import TrainingKind
from shared.days import Day
from shared.db.paging import Filter
from shared.fields import PASTED, CleanText, Copied


class ReviewFilter(Filter):
    """Without ``status`` it is what waits for the reviewer: 已报名, and approved people whom their unit asks back; with
    ``requested_return`` given, every status. ``region_code`` is a prefix: 32 the province, 3201 a city, 320102 a county.
    ``waiting_from`` and ``waiting_to`` are Beijing dates, both included, and so are ``created_from`` and ``created_to``."""

    plan_id: UUID | None = Field(default=None, description="培训计划")
    type_code: Annotated[str, Copied(40)] | None = Field(default=None, description="培训班类型")
    status: list[RegistrationStatus] = Field(
        default=[], max_length=20, description="状态，默认待审核：已报名和申请退回的"
    )
    unit_id: UUID | None = Field(default=None, description="单位")
    unit_name: Annotated[str, CleanText(100, blank=True, printed=False), PASTED] = Field(
        default="", description="单位名称任意部分或拼音首字母"
    )
    region_code: str = Field(default="", pattern=r"^\d{2,6}$", max_length=6, description="行政区划代码的前几位")
    training_kind: TrainingKind | None = Field(default=None, description="培训类型")
    name: Annotated[str, CleanText(50, blank=True, printed=False), PASTED] = Field(
        default="", description="姓名或拼音首字母"
    )
    requested_return: bool | None = Field(default=None, description="单位申请退回")
    resubmitted: bool | None = Field(default=None, description="退回后重新报名")
    waiting_from: Day | None = Field(default=None, description="等待审核起始日期，从该日起")
    waiting_to: Day | None = Field(default=None, description="等待审核起始日期，到该日止")
    created_from: Day | None = Field(default=None, description="添加报名人员的日期，从该日起")
    created_to: Day | None = Field(default=None, description="添加报名人员的日期，到该日止")
