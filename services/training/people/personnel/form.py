"""The form of a personal file as data: its sections, its fields in order with label, kind, need, mask and columns in sheets. The one source
for checks, sheets, lists, wording and the form's definition; a field stands here and, as a column, in ``models`` (TRN-07…28).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from services.training.people.personnel import choices
from services.training.people.personnel import fields as f
from services.training.people.personnel.workflow import EmploymentStatus
from shared.crypto import mask_phone, mask_resident_id
from shared.web import form_tables as t
from shared.web.form_tables import Kind
from shared.wording import Word

Mask = Callable[[str], str]


class Need(Enum):
    """``FROM_NUMBER`` is left out at first because the resident id says it (TRN-10), and is not emptied later."""

    OPTIONAL = "optional"
    STARRED = "starred"
    FROM_NUMBER = "from_number"
    OF_PHYSICIANS = "of_physicians"


@dataclass(frozen=True)
class Cell:
    """The field's column in the sheet that people fill in. ``early`` ones, which every file has, stand before the rest; ``help`` is for
    the sheet alone."""

    width: int = 16
    help: str = ""
    early: bool = False


@dataclass(frozen=True)
class FormField:
    """``listed`` is the width of its column where people are listed, None of what only the file shows; ``mask`` hides it there and in
    histories (PLAT-05). ``apart`` is changed by a route of its own."""

    name: str
    label: str
    kind: Kind
    need: Need = Need.OPTIONAL
    help: str = ""
    cell: Cell | None = field(default_factory=Cell)
    listed: int | None = None
    mask: Mask | None = None
    apart: bool = False


@dataclass(frozen=True)
class Section:
    title: str
    fields: tuple[FormField, ...]


_STARRED, _OF_PHYSICIANS = Need.STARRED, Need.OF_PHYSICIANS

SECTIONS = (
    Section(
        "基本信息",
        (
            FormField(
                "resident_id",
                "身份证号",
                f.RESIDENT_ID,
                _STARRED,
                "18 位，末位可为 X，同一单位不可重复",
                Cell(22, early=True),
                listed=22,
                mask=mask_resident_id,
            ),
            FormField("name", "姓名", t.NAME, _STARRED, cell=Cell(early=True), listed=12),
            FormField("sex", "性别", f.SEX, Need.FROM_NUMBER, "可不填，默认按身份证号", Cell(8, early=True), listed=6),
            FormField("birth_date", "出生日期", f.BIRTH_DATE, help="可不填，默认按身份证号", cell=None),
            FormField("nationality", "国籍", t.text(50), cell=Cell(10)),
            FormField("ethnic_group", "民族", f.code(choices.ETHNIC_GROUP, "民族代码（GB/T 3304）"), cell=Cell(10)),
            FormField("mobile", "手机号码", t.MOBILE, _STARRED, cell=Cell(early=True), listed=14, mask=mask_phone),
            FormField("email", "电子邮箱", t.EMAIL, cell=Cell(24, early=True)),
            FormField(
                "landline",
                "固定电话",
                t.LANDLINE,
                help="区号-号码（-分机号），如 025-83759999",
                cell=Cell(18),
                mask=mask_phone,
            ),
            FormField("postcode", "邮政编码", t.POSTCODE, cell=Cell(10, early=True)),
            FormField("address", "通讯地址", t.text(200), _STARRED, cell=Cell(36, early=True)),
        ),
    ),
    Section(
        "个人履历",
        (
            FormField(
                "education",
                "学历",
                f.code(choices.EDUCATION, "学历代码（GB/T 4658）"),
                _STARRED,
                cell=Cell(early=True),
            ),
            FormField("diploma_number", "毕业证书编号", f.document_number(100), cell=Cell(22)),
            FormField("degree", "学位", f.code(choices.DEGREE, "学位代码（GB/T 6864）"), cell=Cell(18)),
            FormField("degree_number", "学位证书编号", f.document_number(100), cell=Cell(22)),
            FormField(
                "title",
                "职称",
                f.code(choices.TITLE, "职称代码（GB/T 8561），可选分组行"),
                _STARRED,
                cell=Cell(22, early=True),
                listed=22,
            ),
            FormField(
                "title_level",
                "职称级别",
                f.code(choices.TITLE_LEVEL, "职称级别代码"),
                cell=Cell(10, early=True),
                listed=10,
            ),
            FormField("title_number", "职称证书编号", f.document_number(100), cell=Cell(22)),
            FormField(
                "duty",
                "职务",
                t.text(50, words=choices.DUTY, description="职务：从字典选择或自行填写"),
                help="职务，如科主任、护士长，也可自行填写",
            ),
            FormField("post", "从事专业(岗位)", f.gbk(100), _STARRED, cell=Cell(24, early=True)),
            FormField(
                "work_years",
                "工作年限",
                t.number(0, 99),
                _STARRED,
                "从事职业卫生相关工作年限，0 到 99 的整数",
                Cell(10, early=True),
            ),
        ),
    ),
    Section(
        "资质信息",
        (
            FormField(
                "attributes",
                "人员属性",
                f.ATTRIBUTES,
                _STARRED,
                cell=Cell(36, f"多项用、分隔：{'、'.join(choices.ATTRIBUTES)}：…", early=True),
                listed=32,
            ),
        ),
    ),
    Section(
        "专业资质",
        (
            FormField("physician_number", "医师资格证编号", f.document_number(100), _OF_PHYSICIANS, cell=Cell(24)),
            FormField(
                "physician_issued_on", "医师资格证发证日期", f.ISSUED_ON, _OF_PHYSICIANS, cell=Cell(20, "如 2015-12-01")
            ),
            FormField(
                "physician_category",
                "医师资格类别",
                f.code(choices.PHYSICIAN_CATEGORY, "医师资格类别代码"),
                _OF_PHYSICIANS,
            ),
            FormField("physician_level", "医师资格级别", f.code(choices.PHYSICIAN_LEVEL, "医师资格级别代码")),
            FormField("practice_number", "医师执业证书编号", f.document_number(100), cell=Cell(24)),
            FormField("practice_issued_on", "医师执业证发证日期", f.ISSUED_ON, cell=Cell(20, "如 2016-05-01")),
            FormField(
                "practice_category",
                "医师执业类别",
                f.code(choices.PRACTICE_CATEGORY, "医师执业类别代码"),
                _OF_PHYSICIANS,
            ),
            FormField("practice_place", "主执业地点", f.gbk(200), _OF_PHYSICIANS, cell=Cell(30)),
            FormField("other_practice_places", "其他执业地点", f.gbk(200), cell=Cell(30)),
            FormField(
                "departments", "从事科室", f.DEPARTMENTS, cell=Cell(20, "多个科室用、分隔"), listed=24, apart=True
            ),
        ),
    ),
)
# Not of the form, where actions change it (TRN-03), but of sheets and lists.
STATUS = FormField(
    "status",
    "在岗状态",
    Kind("one", EmploymentStatus, choices={each.value: each.label for each in EmploymentStatus}),
    help="可不填，默认在职",
    cell=Cell(10, early=True),
    listed=10,
)


FIELDS = tuple(each for section in SECTIONS for each in section.fields)
LABELS: Mapping[str, str] = {each.name: each.label for each in (*FIELDS, STATUS)}
MASKS: Mapping[str, Mask] = {each.name: each.mask for each in FIELDS if each.mask}
WORDS: Mapping[str, Word] = {each.name: Word(each.label, t.reader_of_kind(each.kind)) for each in (*FIELDS, STATUS)}
CODES: Mapping[str, str] = {each.name: each.kind.codes for each in FIELDS if each.kind.codes}
