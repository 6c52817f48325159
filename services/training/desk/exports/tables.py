"""Which lists of training can be had as xlsx, as a table: the list's own endpoint, and which of its fields are columns (BEY-07, STAFF-12).
Numbers of people are as in the lists: masked.
"""

from collections.abc import Callable, Mapping

from services.training.classes.class_sessions.endpoints import list_class_sessions
from services.training.classes.class_sessions.schemas import ClassSessionRead
from services.training.classes.selection.endpoints import list_selections
from services.training.desk.expiry.endpoints import list_expiring_qualifications
from services.training.desk.transfers.endpoints import list_transfers
from services.training.enrolment.registrations.endpoints import list_group_registrations, read_group_registration
from services.training.enrolment.review.endpoints import list_reviews
from services.training.people.personnel.columns import LISTED
from services.training.people.personnel.endpoints import list_personnel
from services.training.people.personnel.form import STATUS
from services.training.plans.endpoints import list_plans
from services.training.plans.schemas import PlanListItem
from services.training.results.scores.endpoints import get_score_sheet, list_score_sheets
from services.training.results.scores.result_endpoints import get_results, list_results
from shared.sheets import Column
from shared.web.exports import Export

_TYPE = Column("type_label", "培训班类型", width=20)
_NAME = Column("name", "培训班名称", width=40)
_PERSON = (LISTED["name"], LISTED["sex"])
_TITLES = (LISTED["title"], LISTED["title_level"])
_NUMBERS = (LISTED["resident_id"], LISTED["mobile"])
_DAYS = (Column("start_date", "培训开始日期"), Column("end_date", "培训结束日期"))
_SESSION_NO = Column("session_no", "期次", width=8)
_SPECIALTY = Column("specialty_label", "专业类别", width=32)
_STATUS = Column("status_label", "状态", width=12)
_MARKS = (Column("score", "成绩", width=8), Column("conclusion", "结论", width=10))
_UNIT = Column("unit_name", "单位", width=32)
_AGE = Column("age", "年龄", width=6)


def personnel_columns(listed: Mapping[str, Column]) -> tuple[Column, ...]:
    """人员信息: who it is, then the fields that are listed, in the order of the form, and what is made of qualifications."""
    before = (*_PERSON, _AGE, *_NUMBERS)
    fields = (column for name, column in listed.items() if name != STATUS.name and column not in before)
    made = (Column("certificate_numbers", "证书编号", width=32), Column("projects", "从事项目", width=32))
    return (*before, *fields, *made, listed[STATUS.name])


def _places(row: ClassSessionRead) -> str:
    """限制人数 and 已选人数 of each 专业类别."""
    return "、".join(f"{each.specialty_label}（{each.places or '不限'}，已选{each.taken}）" for each in row.specialties)


def _figure(name: str) -> Callable[[PlanListItem], int | None]:
    return lambda row: getattr(row.figures, name) if row.figures else None


PERSONNEL = Export(
    "personnel",
    "人员信息",
    list_personnel,
    personnel_columns(LISTED),
)
EXPIRING_QUALIFICATIONS = Export(
    "expiring-qualifications",
    "证书到期",
    list_expiring_qualifications,
    (
        LISTED["name"],
        _UNIT,
        Column("category", "资质类别", width=24),
        Column("number", "证书编号", width=24),
        Column("scope", "资质范围", width=40),
        Column("issued_on", "发证日期"),
        Column("expires_on", "失效日期"),
        Column("days_left", "剩余天数", width=10),
        _STATUS,
        Column("renewal", "复训", width=48),
    ),
    made={"renewal": lambda row: row.renewal.reason},
)
PLANS = Export(
    "plans",
    "培训计划",
    list_plans,
    (
        _TYPE,
        _NAME,
        Column("audience", "培训对象", width=40),
        Column("registration_deadline", "报名截止日期"),
        Column("closed", "是否截止", width=10),
        _STATUS,
        Column("published_at", "发布时间", width=20),
        Column("people", "已报名人数", width=12),
        Column("units", "报名单位数", width=12),
        Column("approved", "审核通过人数", width=12),
        Column("seats", "班次名额", width=12),
    ),
    made={name: _figure(name) for name in ("people", "units", "approved", "seats")},
)
GROUP_REGISTRATIONS = Export(
    "group-registrations",
    "集体报名",
    list_group_registrations,
    (
        _TYPE,
        _NAME,
        Column("audience", "培训对象", width=40),
        Column("registration_deadline", "报名截止日期"),
        Column("closed", "是否截止", width=10),
        Column("total_count", "总报名人数", width=12),
        Column("own_count", "本单位报名人数"),
        Column("unsent_count", "未报名人数", width=12),
        Column("returned_count", "已退回人数", width=12),
        _STATUS,
    ),
)
REGISTRATIONS = Export(
    "registrations",
    "报名人员",
    read_group_registration,
    (
        *_PERSON,
        _AGE,
        *_TITLES,
        Column("training_kind_label", "培训类型", width=10),
        Column("specialties", "培训专业类别", width=40),
        _STATUS,
        Column("return_kind_label", "退回原因类别"),
        Column("return_reason", "退回原因", width=40),
    ),
    part="registrants",
)
REVIEWS = Export(
    "reviews",
    "报名审核",
    list_reviews,
    (
        *_PERSON,
        _AGE,
        *_NUMBERS,
        *_TITLES,
        _UNIT,
        Column("plan_name", "培训班名称", width=40),
        Column("training_kind_label", "培训类型", width=10),
        Column("submitted_at", "报名时间", width=20),
        Column("resubmitted", "退回后重报", width=12),
        _STATUS,
        Column("return_kind_label", "退回原因类别"),
        Column("return_reason", "退回原因", width=40),
    ),
)
CLASS_SESSIONS = Export(
    "class-sessions",
    "班次",
    list_class_sessions,
    (
        _SESSION_NO,
        _STATUS,
        Column("training_kind_label", "培训类型", width=10),
        Column("capacity", "分班人数", width=10),
        Column("taken", "已选人数", width=10),
        Column("remaining", "剩余人数", width=10),
        Column("places", "专业类别限制人数", width=48),
        Column("location", "培训地点", width=32),
        *_DAYS,
        Column("days", "培训天数", width=10),
        Column("selection_deadline", "选班截止日期"),
    ),
    made={"places": _places},
)
SELECTIONS = Export(
    "selections",
    "集体选班",
    list_selections,
    (
        _TYPE,
        _NAME,
        Column("class_session_count", "培训期数", width=10),
        Column("capacity", "分班人数", width=10),
        Column("selected", "选班人数", width=10),
        _STATUS,
    ),
)
SCORE_SHEETS = Export(
    "score-sheets",
    "成绩表",
    list_score_sheets,
    (
        Column("plan_name", "培训班名称", width=40),
        _TYPE,
        _SESSION_NO,
        *_DAYS,
        Column("entered", "已录入", width=10),
        Column("total", "应录入", width=10),
        _STATUS,
        Column("published_at", "发布时间", width=20),
    ),
)
SCORES = Export(
    "scores",
    "成绩",
    get_score_sheet,
    (
        Column("registration_no", "报名编号"),
        *_PERSON,
        _UNIT,
        _SPECIALTY,
        *_MARKS,
    ),
    part="results",
)
RESULTS = Export(
    "results",
    "集体成绩查询",
    list_results,
    (
        _TYPE,
        _NAME,
        Column("specialties", "专业类别", width=40),
        Column("session_no", "培训期数", width=10),
        *_DAYS,
        Column("viewable", "成绩已发布", width=12),
    ),
)
SESSION_RESULTS = Export(
    "session-results",
    "集体成绩详情",
    get_results,
    (
        *_PERSON,
        LISTED["title"],
        _SPECIALTY,
        *_MARKS,
        Column("certificate_number", "证书编号", width=24),
    ),
    part="results",
)
TRANSFERS = Export(
    "transfers",
    "人员调动",
    list_transfers,
    (
        Column("person_name", LISTED["name"].title, width=12),
        LISTED["resident_id"],
        Column("direction_label", "方向", width=8),
        Column("from_unit_name", "调出单位", width=32),
        Column("to_unit_name", "调入单位", width=32),
        Column("created_at", "发起时间", width=20),
        _STATUS,
        Column("updated_at", "办理时间", width=20),
        Column("dropped_plans", "随调动删除的报名", width=40),
        Column("note", "说明", width=40),
    ),
)

EXPORTS = (
    PERSONNEL,
    EXPIRING_QUALIFICATIONS,
    PLANS,
    GROUP_REGISTRATIONS,
    REGISTRATIONS,
    REVIEWS,
    CLASS_SESSIONS,
    SELECTIONS,
    SCORE_SHEETS,
    SCORES,
    RESULTS,
    SESSION_RESULTS,
    TRANSFERS,
)
