"""The form of a training plan as data (STAFF-01): the one source for its labels, its checks and the definition that pages draw it from. A
field stands here and, as a column, in ``models``; types and specialties are the province's dictionaries.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from services.training.plans import fields as f
from services.training.plans.choices import Lodging
from shared.web import form_tables as t
from shared.web.form_tables import FormField, Section
from shared.web.forms import RecordFormRead

TYPE, SPECIALTIES = "type_code", "specialties"

SECTIONS = (
    Section(
        "培训班",
        (
            FormField(TYPE, "培训班类型", f.TYPE, required=True),
            FormField("name", "培训班名称", t.text(100), required=True, help="含年份，各单位按此名称查找"),
            FormField("registration_deadline", "报名截止日期", f.DAY, required=True, help="含当日"),
            FormField("hours", "学时", t.number(1, 1000), required=True),
        ),
    ),
    Section(
        "对象与内容",
        (
            FormField("audience", "培训对象", f.lines(2000), required=True),
            FormField("content", "培训内容", f.lines(5000), required=True),
            FormField("notice", "报名须知", f.lines(5000, blank=True), default=""),
            FormField("other_matters", "其他事项", f.lines(5000, blank=True), default=""),
            FormField("age_limit", "年龄上限（周岁）", t.number(16, 100), help="超过的只作提醒，不影响报名"),
            FormField("minimum_title_level", "最低职称级别", f.TITLE_LEVEL, help="低于的只作提醒，不影响报名"),
        ),
    ),
    Section(
        "专业类别与考核",
        (
            FormField(SPECIALTIES, "开设专业类别", f.SPECIALTIES, help="先选择培训班类型；没有专业类别的类型不用选"),
            FormField("exam_groups", "考核组", f.GROUPS, help="合并考核的专业类别只有一个成绩；没有合并的各自单独考核"),
            FormField("pass_mark", "合格分", f.MARK, default=Decimal(60), help="满分 100，不填为 60 分"),
            FormField("minimum_attendance", "最低出勤率（%）", t.number(1, 100), help="不填则不要求出勤"),
            FormField("validity_years", "证书有效期（年）", t.number(1, 50), help="不填为长期有效"),
        ),
    ),
    Section(
        "报名表的说明与默认值",
        (
            FormField("credit_help", "学分证说明", f.lines(5000, blank=True), default=""),
            FormField("default_needs_credit", "是否需要学分证的默认值", t.YES_OR_NO, help="只填入此后添加的人员"),
            FormField("lodging_help", "住宿说明", f.lines(5000, blank=True), default=""),
            FormField("default_lodging", "住宿类型的默认值", t.one_of(Lodging), help="只填入此后添加的人员"),
        ),
    ),
    Section(
        "咨询",
        (
            FormField("contact_name", "咨询联系人", t.NAME, required=True, help="显示在计划页面和每条拒绝原因旁"),
            FormField("contact_phone", "咨询电话", f.PHONE, required=True, help="手机号码，或固定电话如 025-83759999"),
        ),
    ),
)
FIELDS = tuple(each for section in SECTIONS for each in section.fields)
LABELS = {each.name: each.label for each in FIELDS}
REQUIRED = tuple(each.name for each in FIELDS if each.required)


def form_definition(types: Mapping[str, str]) -> RecordFormRead:
    """Everything that is needed to show the form; ``types`` are {code: label} of the class types. The specialties that can be chosen are
    those of the type that is (TRN-45)."""

    def drawn(field: FormField) -> FormField:
        return replace(field, kind=replace(field.kind, choices=types)) if field.name == TYPE else field

    return RecordFormRead(
        sections=t.sections_of(replace(part, fields=tuple(drawn(each) for each in part.fields)) for part in SECTIONS)
    )
