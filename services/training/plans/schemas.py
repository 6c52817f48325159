"""Training plans over the wire: what the CDC writes, what a unit reads. Which fields may change when is decided in ``service``."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.training.plans.choices import Lodging
from services.training.plans.models import Plan
from services.training.plans.rules import DEADLINE, HARMLESS
from services.training.plans.workflow import PLAN, PlanStatus
from shared.attachments import Attachment
from shared.clock import is_past
from shared.days import Day
from shared.fields import MESSAGES, NUMBER, CleanText, Copied, Longest, PersonName
from shared.identifiers import landline_problem, mobile_problem, normalise_landline, normalise_mobile
from shared.identity import Actor
from shared.reference.tables import row
from shared.roles import Permission
from shared.web.answers import CodeOf, Read
from shared.workflow.definition import AllowedAction, allowed_actions, button

TITLE_LEVELS = "professional_title_levels"


def _phone_cleaned(value: object) -> object:
    if not isinstance(value, str):
        return value
    mobile = normalise_mobile(value)
    return normalise_landline(value) if mobile_problem(mobile) else mobile


def _phone_checked(value: str) -> str:
    if mobile_problem(value) and landline_problem(value):
        code = "landline_format" if value.startswith("0") else "mobile_format"
        raise PydanticCustomError(code, MESSAGES[code])
    return value


def _title_level(value: str) -> str:
    if row(TITLE_LEVELS, value) is None:
        raise PydanticCustomError("unknown_code", "不在职称级别的可选范围内")
    return value


Phone = Annotated[
    str,
    BeforeValidator(_phone_cleaned),
    AfterValidator(_phone_checked),
    Field(description="手机号码或固定电话", examples=["025-83759999"]),
    NUMBER,
]
_Paragraphs = Annotated[str, CleanText(5000, blank=True, lines=True, printed=False)]
_Code = Annotated[str, Copied(40)]
_Codes = Annotated[list[_Code], Field(max_length=50)]
_Groups = Annotated[list[_Codes], Field(max_length=25)]
_Mark = Annotated[Decimal, Field(ge=0, le=100, max_digits=4, decimal_places=1), Longest(20)]
_Percent = Annotated[int, Field(ge=1, le=100)]


class PlanCreate(BaseModel):
    """A plan as it is drafted (STAFF-01). ``validity_years`` null means that certificates do not end, ``minimum_attendance`` (percent of
    the days) null that none is asked for; the specialties of one of ``exam_groups`` are examined together (X30). The two defaults fill
    the forms of people who are added from then on, and the help texts stand beside those fields (FAQ-M6)."""

    model_config = ConfigDict(extra="forbid")

    type_code: _Code = Field(description="培训班类型")
    name: Annotated[str, CleanText(100)] = Field(description="培训班名称")
    audience: Annotated[str, CleanText(2000, lines=True, printed=False)] = Field(description="培训对象")
    content: Annotated[str, CleanText(5000, lines=True, printed=False)] = Field(description="培训内容")
    other_matters: _Paragraphs = Field(default="", description="其他事项")
    notice: _Paragraphs = Field(default="", description="报名须知")
    registration_deadline: Day = Field(description="报名截止日期，含当日")
    age_limit: int | None = Field(default=None, ge=16, le=100, description="年龄上限（周岁），只作提醒")
    minimum_title_level: Annotated[str, AfterValidator(_title_level), Longest(20)] | None = Field(
        default=None, description="最低职称级别，只作提醒"
    )
    specialties: _Codes = Field(default_factory=list, description="开设专业类别")
    hours: int = Field(ge=1, le=1000, description="学时")
    validity_years: int | None = Field(default=None, ge=1, le=50, description="证书有效期（年）")
    pass_mark: _Mark = Field(default=Decimal(60), description="合格分")
    exam_groups: _Groups = Field(default_factory=list, description="考核组：合并考核的专业类别")
    minimum_attendance: _Percent | None = Field(default=None, description="最低出勤率（%）")
    credit_help: _Paragraphs = Field(default="", description="学分证说明")
    lodging_help: _Paragraphs = Field(default="", description="住宿说明")
    default_needs_credit: bool | None = Field(default=None, description="是否需要学分证的默认值")
    default_lodging: Lodging | None = Field(default=None, description="住宿类型的默认值")
    contact_name: PersonName = Field(description="咨询联系人")
    contact_phone: Phone = Field(description="咨询电话")
    attachment_ids: list[UUID] = Field(default_factory=list, max_length=20, description="培训附件")


class PlanUpdate(BaseModel):
    """Only what is sent changes; null empties what may be empty."""

    model_config = ConfigDict(extra="forbid")

    type_code: _Code = ""
    name: Annotated[str, CleanText(100)] = ""
    audience: Annotated[str, CleanText(2000, lines=True, printed=False)] = ""
    content: Annotated[str, CleanText(5000, lines=True, printed=False)] = ""
    other_matters: _Paragraphs = ""
    notice: _Paragraphs = ""
    registration_deadline: Day = Field(default=date.min)
    age_limit: int | None = Field(default=None, ge=16, le=100)
    minimum_title_level: Annotated[str, AfterValidator(_title_level), Longest(20)] | None = None
    specialties: _Codes = Field(default_factory=list)
    hours: int = Field(default=1, ge=1, le=1000)
    validity_years: int | None = Field(default=None, ge=1, le=50)
    pass_mark: _Mark = Decimal(60)
    exam_groups: _Groups = Field(default_factory=list)
    minimum_attendance: _Percent | None = None
    credit_help: _Paragraphs = ""
    lodging_help: _Paragraphs = ""
    default_needs_credit: bool | None = None
    default_lodging: Lodging | None = None
    contact_name: PersonName = ""
    contact_phone: Phone = ""
    attachment_ids: list[UUID] = Field(default_factory=list, max_length=20)

    def changes(self) -> dict[str, Any]:
        """What was sent, by field name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Choice(Read):
    """A code and what people read."""

    code: str
    label: str


class PlanTypeRead(Choice):
    """培训班类型 with the 专业类别 that its plans may open; empty for types without any (TRN-45)."""

    specialties: list[Choice]


class AttachmentRead(Read):
    id: UUID
    name: str
    content_type: str
    size: int


class PlanListItem(Read):
    """``closed`` is 是否截止: the deadline day is over or the plan has ended."""

    id: UUID
    status: PlanStatus
    type_code: str
    type_label: str
    name: str
    audience: str
    registration_deadline: date
    closed: bool
    published_at: datetime | None


class PlanRead(PlanListItem):
    """The whole plan. ``exam_groups`` are codes of its specialties; one that is in none is examined alone (X30)."""

    content: str
    other_matters: str
    notice: str
    age_limit: int | None
    minimum_title_level: Annotated[str, CodeOf(TITLE_LEVELS)] | None
    specialties: list[Choice]
    hours: int
    validity_years: int | None
    pass_mark: float
    exam_groups: list[list[str]]
    minimum_attendance: int | None
    credit_help: str
    lodging_help: str
    default_needs_credit: bool | None
    default_lodging: Lodging | None
    contact_name: str
    contact_phone: str
    attachments: list[AttachmentRead]
    version: int
    editable_fields: list[str]
    allowed_actions: list[AllowedAction]


def is_closed(plan: Plan, now: datetime) -> bool:
    """是否截止 (TRN-30, X23)."""
    return plan.status is PlanStatus.CLOSED or is_past(plan.registration_deadline, now)


def list_item(plan: Plan, now: datetime) -> PlanListItem:
    return PlanListItem.of(plan, closed=is_closed(plan, now))


def exam_groups_of(plan: Plan) -> list[list[str]]:
    """The bundles of specialties that are examined together, sorted (X30)."""
    groups: dict[int, list[str]] = {}
    for each in plan.specialties:
        if each.exam_group is not None:
            groups.setdefault(each.exam_group, []).append(each.specialty_code)
    return sorted(sorted(group) for group in groups.values())


def _deletion(plan: Plan, actor: Actor) -> list[AllowedAction]:
    """A draft is deleted; nothing else ever is, so that others have no such button."""
    may = plan.status.is_drafted and actor.may(Permission.PLAN_MANAGEMENT)
    return [button("delete", "删除草稿")] if may else []


def _editable(plan: Plan, actor: Actor, *, in_use: bool) -> list[str]:
    """What its makers may change now (STAFF-01); of a deadline that people rely on, that it is put off."""
    if not plan.status.is_editable or not actor.may(Permission.PLAN_MANAGEMENT):
        return []
    names = PlanUpdate.model_fields
    return sorted(names) if plan.status.is_drafted or not in_use else sorted({*HARMLESS, DEADLINE} & names.keys())


def plan_read(plan: Plan, attachments: Sequence[Attachment], actor: Actor, now: datetime, *, in_use: bool) -> PlanRead:
    """The whole plan as its page shows it (TRN-36); ``in_use`` when people have registered for it."""
    return PlanRead.of(
        plan,
        closed=is_closed(plan, now),
        exam_groups=exam_groups_of(plan),
        specialties=[each.specialty for each in plan.specialties],
        attachments=attachments,
        editable_fields=_editable(plan, actor, in_use=in_use),
        allowed_actions=[*allowed_actions(PLAN, plan, actor, now), *_deletion(plan, actor)],
    )
