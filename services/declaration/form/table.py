"""The form of a declaration as data, in one place (DECL-04…08): its parts, fields and tables with kinds, limits and dependencies, and a
sentence of help where people ask (FAQ-D5, D6, D14, D15). From it come what the API takes, the definition that pages are drawn from,
labels in problems and differences, and docs/declaration-form.md. Columns stand in ``declarations.models`` under the same names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.declaration.factors.classes import HazardClass
from services.declaration.form.choices import ChangeReason, DeclarationKind, ExamItem, TestItem
from shared.days import Day
from shared.fields import Copied, Longest
from shared.reference.tables import label as name_in
from shared.reference.tables import table
from shared.web import form_tables as t
from shared.web.form_tables import FormField, Kind
from shared.web.forms import RecordFormCondition

VERSION: Final = 2
MOST_PEOPLE: Final = 1_000_000
MOST_POINTS: Final = 100_000
HAZARDS, PHONE = "hazards", "contact_phone"


@dataclass(frozen=True)
class Table:
    """A field that holds rows. Where ``rows`` are given {code: label}, there is one for each of them and no other."""

    name: str
    label: str
    maximum: int
    columns: tuple[FormField, ...]
    help: str = ""
    rows: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Part:
    """A page of the form; ``key`` is what problems say of where they are."""

    key: str
    title: str
    fields: tuple[FormField, ...] = ()
    tables: tuple[Table, ...] = ()


_COUNT = t.number(0, MOST_PEOPLE)
_POINTS = t.number(0, MOST_POINTS)
_OUTPUT = Kind(
    "number",
    Annotated[Decimal, Field(ge=0, le=10**12, decimal_places=4), Longest(20)],
    kept=str,
    minimum=0,
    maximum=10**12,
)
_DAY = Kind("past_date", Day, kept=str)
_INDUSTRY = Kind("text", Annotated[str, Copied(10)], max_length=10)


def _question(yes: str, no: str) -> Kind:
    return Kind("one", bool, kept=bool, choices={t.YES: yes, t.NO: no})


def _code_of(name: str) -> Kind:
    """A code of that shipped table."""
    choices = {row.code: row.name for row in table(name)}

    def check(code: str) -> str:
        if code not in choices:
            raise PydanticCustomError("code_unknown", "没有这一选项，请从列表中选择")
        return code

    return Kind("one", Annotated[str, AfterValidator(check), Copied(10)], codes=name, choices=choices)


_OF_CHANGE = RecordFormCondition(field="kind", values=[DeclarationKind.CHANGE.value], words="变更申报")
_OF_CANCELLATION = RecordFormCondition(field="kind", values=[DeclarationKind.CANCELLATION.value], words="注销")
_TESTED = RecordFormCondition(field="tested", values=[t.YES], words="本年度已检测")
_EXAMINED = RecordFormCondition(field="surveillance_done", values=[t.YES], words="职业健康监护已开展")
_TRAINED = _question("有", "无")

KIND = Part(
    "kind",
    "申报",
    (
        FormField("kind", "申报类型", t.one_of(DeclarationKind), required=True),
        FormField(
            "change_reason",
            "变更原因",
            t.one_of(ChangeReason),
            help="从原系统转来的数据选“系统更新”",
            shown_when=_OF_CHANGE,
        ),
        FormField("ended_on", "终止生产经营日期", _DAY, help="注销时填写，不晚于今天", shown_when=_OF_CANCELLATION),
    ),
)
BASICS = Part(
    "basics",
    "基本信息",
    (
        FormField("size", "企业规模", _code_of("enterprise_sizes"), required=True),
        FormField("industry", "行业分类", _INDUSTRY, required=True, help="按 GB/T 4754，选到最细的一级"),
        FormField("economic_type", "经济类型", _code_of("economic_types"), required=True),
        FormField("contact_name", "职业卫生管理联系人", t.NAME, required=True),
        FormField(PHONE, "手机号码", t.MOBILE, required=True, help="联系人的手机号码，审核人员据此联系"),
        FormField("staff_count", "本单位在册职工总数", _COUNT, required=True),
        FormField("outsourced_count", "外委人员总数", _COUNT, required=True, help="没有请填 0"),
        FormField(
            "exposed_count",
            "接害总人数（含外委）",
            _COUNT,
            required=True,
            help="单位总的接触危害因素的人数：接触任一危害因素的都算，同一人只计一次，因此不小于任何一种因素的接触人数",
        ),
        FormField("disease_count", "职业病累计人数", _COUNT, required=True, help="历年确诊的合计，没有请填 0"),
        FormField("leader_trained", "主要负责人培训", _TRAINED, required=True),
        FormField("manager_trained", "职业卫生管理人员培训", _TRAINED, required=True),
        FormField(
            "trained_count",
            "接触职业病危害因素年度培训总人数",
            _COUNT,
            required=True,
            help="本年度参加过培训的接害人员，不大于接害总人数",
        ),
    ),
    (
        Table(
            "sites",
            "作业场所",
            50,
            (
                FormField("address", "作业场所地址", t.text(200), required=True),
                FormField("name", "名称", t.text(100), help="如“一号厂区”"),
            ),
            help="有几处填几处；与注册地址相同的也要填",
        ),
    ),
)
PRODUCTS = Part(
    "products",
    "主要产品",
    (
        FormField(
            "confidential",
            "军工等涉密产品",
            t.SWITCH,
            default=False,
            help="勾选后不必填写产品；已填的只有指定的人员能看到",
        ),
    ),
    (
        Table(
            "products",
            "主要产品",
            100,
            (
                FormField("product", "产品名称", t.text(100), required=True, help="没有产品请填“无”"),
                FormField("output", "数量（年产量）", _OUTPUT, required=True, help="没有产品请填 0"),
                FormField("unit", "计量单位", t.text(20), required=True, help="如 吨、件；没有产品请填“无”"),
            ),
            help="没有生产产品的，涉密单位勾选“军工等涉密产品”，其他单位产品填“无”，数量填“0”",
        ),
    ),
)
FACTOR_COLUMNS = (
    FormField("factor_code", "具体因素", Kind("text", Annotated[str, Copied(10)], max_length=10), required=True),
    FormField("own_name", "因素名称", t.text(100), help="目录中没有的因素选该类别的“其他”一项，并在此填写名称"),
    FormField("exposed_count", "接触人数", _COUNT, help="矽尘、煤尘、石棉粉尘、铅、苯、噪声须单独填写"),
)
HAZARD = Part(
    HAZARDS,
    "职业病危害因素种类",
    (),
    (
        Table(
            HAZARDS,
            "危害因素种类",
            len(HazardClass),
            (
                FormField("class_code", "类别", t.one_of(HazardClass), required=True),
                FormField("exposed_count", "接触总人数", _COUNT, required=True),
            ),
            help="没有的类别不填；有的类别填写接触总人数并选择具体因素",
        ),
    ),
)
TESTS = Part(
    "tests",
    "检测情况",
    (
        FormField("tested", "本年度检测情况", _question("检测", "未检测"), required=True),
        FormField("test_org", "检测机构名称", t.text(200), help="多家的用“/”隔开", shown_when=_TESTED),
        FormField("test_report_no", "检测报告编号", t.pasted(200), help="多份的用“/”隔开", shown_when=_TESTED),
    ),
    (
        Table(
            "tests",
            "检测点数",
            len(TestItem),
            (
                FormField("item", "项目", t.one_of(TestItem), required=True),
                FormField("measured", "检测点数", _POINTS, required=True),
                FormField("over", "超标点数", _POINTS, required=True),
            ),
            help="只填已申报的类别；没有超标的填 0",
            rows={each.value: each.label for each in TestItem},
        ),
    ),
)
EXAMS = Part(
    "exams",
    "职业健康监护开展情况",
    (
        FormField(
            "surveillance_done",
            "职业健康监护开展情况",
            _question("已开展", "未开展"),
            required=True,
            help="只有生物因素或其他因素时，不能选择“已开展”",
        ),
        FormField("exam_org", "检查机构名称", t.text(200), shown_when=_EXAMINED),
        FormField(
            "exam_report_no",
            "检查总结报告编号",
            t.pasted(200),
            help="体检机构出具的总结报告封面上的编号，如“XX体检〔2026〕第018号”，不是个人体检表的编号",
            shown_when=_EXAMINED,
        ),
    ),
    (
        Table(
            "exams",
            "检查人数",
            len(ExamItem),
            (
                FormField("item", "项目", t.one_of(ExamItem), required=True),
                FormField("due", "应检人数", _COUNT, required=True, help="按规定应做在岗检查的人数，不大于接触人数"),
                FormField("done", "实检人数", _COUNT, required=True),
            ),
            help="只填已申报的类别",
            rows={each.value: each.label for each in ExamItem},
        ),
    ),
)
PARTS: Final = (KIND, BASICS, PRODUCTS, HAZARD, TESTS, EXAMS)
FIELDS: Final = tuple(each for part in PARTS for each in part.fields)
TABLES: Final = tuple(each for part in PARTS for each in part.tables)
REQUIRED: Final = {each.name: each.label for each in FIELDS if each.required and each is not KIND.fields[0]}
LABELS: Final = {each.name: each.label for each in FIELDS} | {each.name: each.label for each in TABLES}
TITLES: Final = {part.key: part.title for part in PARTS}
_PART_OF: Final = {each.name: part.key for part in PARTS for each in part.fields} | {
    each.name: part.key for part in PARTS for each in part.tables
}
BY_NAME: Final = {each.name: each for each in FIELDS}
OF_TABLES: Final = {each.name: each for each in TABLES}


def part_of(path: str) -> str:
    """The key of the part in which ``hazards.0.factors.1.exposed_count`` stands."""
    return _PART_OF.get(path.split(".")[0], KIND.key)


def words_for(name: str, value: object) -> str | None:
    """What people read for a plain field's value; None for an empty one."""
    if value is None or value == "":
        return None
    field = BY_NAME[name]
    if name == "industry":
        return name_in("industries", str(value))
    if isinstance(value, bool):
        return field.kind.choices.get(t.YES if value else t.NO, "是" if value else "否")
    return field.kind.choices.get(str(value), str(value))
