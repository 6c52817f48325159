"""The form of a class session as data (STAFF-05): the one source for its labels, its bounds and the definition that pages draw it from. A
field stands here and, as a column, in ``models``; what can be chosen of 专业类别 is what the plan opens.
"""

from services.training.plans.choices import TrainingKind
from services.training.plans.fields import DAY
from shared.web import form_tables as t
from shared.web.form_tables import FormField, Kind, Section
from shared.web.forms import RecordFormRead, RecordFormTable

MOST_SEATS, MOST_DAYS, MOST_CATEGORIES = 10_000, 366, 50
SPECIALTIES, SPECIALTIES_LABEL = "specialties", "专业类别与限制人数"

SECTIONS = (
    Section(
        "班次",
        (
            FormField("session_no", "期次", t.number(1, 999), help="不填为下一期"),
            FormField("training_kind", "培训类型", t.one_of(TrainingKind), required=True),
            FormField("capacity", "分班人数", t.number(1, MOST_SEATS), required=True),
            FormField("location", "培训地点", t.text(100), required=True),
            FormField("start_date", "培训开始日期", DAY, required=True),
            FormField("end_date", "培训结束日期", DAY, required=True),
            FormField("days", "培训天数", t.number(1, MOST_DAYS), help="不填按起止日期"),
            FormField("selection_deadline", "选班截止日期", DAY, required=True, help="不晚于培训开始日期"),
        ),
    ),
)
FIELDS = tuple(each for section in SECTIONS for each in section.fields)
# A row for each 专业类别 of the session (X11).
PLACES = (
    FormField("specialty_code", "专业类别", Kind("one", str, dictionary="opened_specialties"), required=True),
    FormField("places", "限制人数", t.number(1, MOST_SEATS), help="不填时，只受分班人数限制"),
)


def form_definition() -> RecordFormRead:
    """Everything that is needed to show the form."""
    rows = RecordFormTable(
        name=SPECIALTIES,
        label=SPECIALTIES_LABEL,
        maximum=MOST_CATEGORIES,
        fields=[t.definition_of(each) for each in PLACES],
    )
    return RecordFormRead(sections=t.sections_of(SECTIONS), tables=[rows])
