"""What is counted, as a table: numbers of units, persons and points, and the shares between them (STAFF-12). How each is read is told with
it; a field of the form says what its employer filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.declaration.factors.catalogue import current
from services.declaration.form.choices import COVERED, ITEMS

# The columns of a cell.
SUMS: Final = (
    "registered",
    "declared",
    "tested",
    "over_units",
    "exposed",
    "disease",
    "trained",
    "measured",
    "exceeded",
    "exam_due",
    "exam_done",
)


@dataclass(frozen=True)
class Measure:
    """``whole`` are the two sums of which it is the share, in per cent, or the difference. ``list_of`` narrows the list of units to those
    that it counts; None where it counts no units. ``by_declaration`` is False for what is known of units without a declaration too, and
    ``by_factor`` False for what the form does not ask of each factor."""

    key: str
    label: str
    unit: str
    words: str
    share: tuple[str, str] | None = None
    less: tuple[str, str] | None = None
    list_of: Mapping[str, str] | None = None
    by_declaration: bool = True
    by_factor: bool = True


MEASURES: Final = (
    Measure(
        "registered",
        "登记单位",
        "家",
        "当天账号在用的用人单位，含有申报账号或已申报的其他单位；单位登记时不分行业和规模",
        list_of={},
        by_declaration=False,
    ),
    Measure("declared", "已申报单位", "家", "当天有已审核且未注销的申报", list_of={"declared": "true"}),
    Measure(
        "undeclared",
        "未申报单位",
        "家",
        "登记单位中没有已审核申报的",
        less=("registered", "declared"),
        list_of={"declared": "false"},
        by_declaration=False,
    ),
    Measure(
        "declared_rate",
        "申报率",
        "%",
        "已申报单位占登记单位",
        share=("declared", "registered"),
        by_declaration=False,
    ),
    Measure("exposed", "接害人数", "人", "接害总人数（含外委）；按危害因素时为该类别或因素填写的接触人数"),
    Measure("disease", "职业病累计人数", "人", "历年确诊的合计", by_factor=False),
    Measure("trained", "培训人数", "人", "接触职业病危害因素年度培训总人数", by_factor=False),
    Measure("tested", "已检测单位", "家", "本年度检测情况为“检测”", list_of={"tested": "true"}),
    Measure("measured", "检测点数", "个", "各类别之和；“生物和其他因素”计入生物因素，没有申报生物因素的计入其他因素"),
    Measure("exceeded", "超标点数", "个", "各类别之和"),
    Measure("exceeded_rate", "超标率", "%", "超标点数占检测点数", share=("exceeded", "measured")),
    Measure("over_units", "有超标的单位", "家", "有一个以上超标点", list_of={"over": "true"}),
    Measure("exam_due", "应检人次", "人次", "各类别应检人数之和，接触几类的计几次"),
    Measure("exam_done", "实检人次", "人次", "各类别实检人数之和"),
    Measure("exam_rate", "体检率", "%", "实检占应检", share=("exam_done", "exam_due")),
)


def _items() -> dict[str, dict[str, str]]:
    """{row of 检测点数 or 检查人数: its class, the factor where it is one's, the class that takes it where the first is not declared}."""
    codes = {each.separately: each.code for each in current().factors if each.separately}
    found = {}
    for item in ITEMS:
        covers = COVERED[item]
        first, *others = sorted(each.value for each in covers.classes)
        found[item] = {"class": first, "factor": codes.get(covers.separately, "")}
        if others:
            found[item]["else"] = others[0]
    return found


COUNTED_ITEMS: Final = _items()
