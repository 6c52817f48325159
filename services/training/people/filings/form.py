"""The form of a filing as data: 基本信息 in its sections, and the lists 仪器信息 and 检查项目 (ORG-02, ORG-03, ORG-06). A field stands here
and, as a column, in ``models``.
"""

from services.training.people.filings.workflow import ServiceItem
from shared.web import form_tables as t
from shared.web.form_tables import FormField, Section
from shared.web.forms import RecordFormCondition, RecordFormRead, RecordFormTable

MOST_ROWS = 500
# Of a unit that has a record; of one that has none, the number reads 无 and both stay empty.
_FILED = RecordFormCondition(field="unfiled", values=[""], words="已备案的机构")
_BEFORE_SUBMISSION = "提交前须填写；没有备案的请打开“未备案”"

SECTIONS = (
    Section(
        "单位",
        (
            FormField("name", "单位名称", t.text(100), required=True),
            FormField("address", "注册地址", t.text(200), default=""),
            FormField("legal_representative", "法定代表人", t.NAME, default=""),
            FormField("legal_representative_title", "法定代表人职务", t.text(50), default=""),
        ),
    ),
    Section(
        "联系方式",
        (
            FormField("contact_name", "联系人", t.NAME, required=True),
            FormField("contact_mobile", "联系人手机", t.MOBILE, required=True),
            FormField("phone", "电话", t.LANDLINE, help="区号-号码（-分机号），如 025-83759999"),
            FormField("fax", "传真", t.LANDLINE),
            FormField("postcode", "邮编", t.POSTCODE),
            FormField("email", "单位电子邮箱", t.EMAIL),
        ),
    ),
    Section(
        "备案与服务项目",
        (
            FormField(
                "unfiled",
                "未备案",
                t.SWITCH,
                help="还没有备案编号的机构请打开：备案编号显示“无”，只需保存，不用提交",
                default=False,
            ),
            FormField("number", "备案编号", t.pasted(100), help=_BEFORE_SUBMISSION, shown_when=_FILED),
            FormField("filed_on", "备案日期", t.PAST_DATE, help=_BEFORE_SUBMISSION, shown_when=_FILED),
            FormField("services", "服务项目", t.some_of(ServiceItem)),
        ),
    ),
)
FIELDS = tuple(each for section in SECTIONS for each in section.fields)
REQUIRED = tuple(each.name for each in FIELDS if each.required)

INSTRUMENT = (
    FormField("name", "仪器名称", t.text(100), required=True),
    FormField("model", "规格型号", t.text(100), default=""),
    FormField("quantity", "数量", t.number(1, 9999), default=1),
    FormField("note", "备注", t.text(100), default=""),
)
CHECK_ITEM = (
    FormField("name", "检查项目", t.text(100), required=True),
    FormField("note", "备注", t.text(100), default=""),
)
_TABLES = (("instruments", "仪器信息", INSTRUMENT), ("items", "检查项目", CHECK_ITEM))


def form_definition() -> RecordFormRead:
    """Everything that is needed to show the form."""
    return RecordFormRead(
        sections=t.sections_of(SECTIONS),
        tables=[
            RecordFormTable(
                name=name, label=label, maximum=MOST_ROWS, fields=[t.definition_of(each) for each in columns]
            )
            for name, label, columns in _TABLES
        ],
    )
