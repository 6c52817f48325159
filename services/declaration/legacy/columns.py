"""The columns of the old system's list that are known here, by every title that its exports have had, and what each becomes (DECL-09).
What of the old declaration has no place in today's form, such as exposures counted in another way, is left out: the unit declares it
anew.
"""

from dataclasses import dataclass
from typing import Final

PHONE: Final = "contact_phone"


@dataclass(frozen=True)
class LegacyColumn:
    """``titles``: the first is how it is told of. ``field`` is what of the form it fills, "" where it says which unit it is."""

    key: str
    titles: tuple[str, ...]
    field: str = ""
    required: bool = False


COLUMNS: Final = (
    LegacyColumn(
        "credit_code",
        (
            "统一社会信用代码",
            "社会信用代码",
            "统一信用代码",
            "信用代码",
            "组织机构代码",
            "组织机构代码/统一社会信用代码",
            "单位代码",
        ),
        required=True,
    ),
    LegacyColumn(
        "name",
        ("单位名称", "用人单位名称", "企业名称", "申报单位名称", "申报单位", "用人单位", "单位全称"),
        required=True,
    ),
    LegacyColumn("account", ("原账号", "登录账号", "登陆账号", "用户名", "账号", "登录名", "企业账号")),
    LegacyColumn(
        "region",
        ("所属地区", "所属区县", "行政区划", "行政区划代码", "所在区县", "区县", "所属区域", "所在地区", "监管区县"),
    ),
    LegacyColumn("address", ("注册地址", "单位注册地址", "企业注册地址", "单位地址", "通讯地址")),
    LegacyColumn("work_address", ("作业场所地址", "工作场所地址", "生产地址", "经营地址", "作业场所"), "sites"),
    LegacyColumn("size", ("企业规模", "规模", "单位规模"), "size"),
    LegacyColumn("industry", ("行业分类", "所属行业", "行业", "行业类别", "国民经济行业分类", "行业代码"), "industry"),
    LegacyColumn("economic_type", ("经济类型", "登记注册类型", "注册类型", "企业类型"), "economic_type"),
    LegacyColumn(
        "legal_representative",
        ("法定代表人", "法人代表", "法人", "主要负责人", "法定代表人（主要负责人）", "单位负责人"),
    ),
    LegacyColumn(
        "contact_name",
        ("职业卫生管理联系人", "联系人", "职业卫生管理人员", "填报人", "联系人姓名", "联系方式联系人"),
        "contact_name",
    ),
    LegacyColumn(
        PHONE,
        (
            "联系电话",
            "手机号码",
            "联系人手机号码",
            "手机",
            "联系人电话",
            "电话",
            "联系方式",
            "联系方式联系电话",
            "联系人联系电话",
        ),
        PHONE,
    ),
    LegacyColumn(
        "staff_count",
        (
            "职工总人数",
            "在册职工总数",
            "本单位在册职工总数",
            "职工总数",
            "职工人数",
            "从业人数",
            "劳动者总人数",
            "人数职工总人数",
        ),
        "staff_count",
    ),
    LegacyColumn(
        "disease_count",
        ("职业病累计人数", "职业病人数", "累计职业病人数", "职业病累计病例数", "人数职业病累计人数"),
        "disease_count",
    ),
    LegacyColumn("declared_on", ("申报日期", "最近申报日期", "首次申报日期", "填报日期", "备案日期")),
)
BY_KEY: Final = {each.key: each for each in COLUMNS}
TITLES: Final = {each.key: each.titles for each in COLUMNS}
REQUIRED: Final = tuple(each.key for each in COLUMNS if each.required)
