"""The form of 注册信息 as data: what an employer corrects by itself (ORG-11). A field stands here and, as a column, in ``models``;
the three that only others may set are told of beside it.
"""

from shared.web import form_tables as t
from shared.web.form_tables import FormField, Section
from shared.web.forms import RecordFormRead

_LICENCE = "与营业执照一致"

SECTIONS = (
    Section(
        "单位",
        (
            FormField("name", "单位名称", t.text(100), required=True, help=_LICENCE),
            FormField(
                "region_code", "所属地区", t.REGION, required=True, help="到区县一级；由该地区的卫生健康部门审核"
            ),
            FormField("address", "单位注册地址", t.text(200), required=True, help=_LICENCE),
            FormField("legal_representative", "法定代表人（主要负责人）", t.NAME, required=True),
        ),
    ),
    Section(
        "联系人",
        (
            FormField("contact_name", "联系人", t.NAME, required=True),
            FormField(
                "contact_phone",
                "联系人手机号码",
                t.MOBILE,
                required=True,
                help="供卫生健康部门联系；登录用的手机号码在“个人设置”中更换",
            ),
        ),
    ),
)
FIELDS = tuple(each for section in SECTIONS for each in section.fields)
REQUIRED = tuple(each.name for each in FIELDS if each.required)


def form_definition() -> RecordFormRead:
    """Everything that is needed to show the form."""
    return RecordFormRead(sections=t.sections_of(SECTIONS))
