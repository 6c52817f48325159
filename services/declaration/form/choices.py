"""The codes that a declaration (职业病危害项目申报) is made of, with their labels: kinds, reasons of change, what is measured and examined.
Statuses are in ``workflow.py``; classes and factors are the catalogue's (``services.declaration.factors``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.declaration.factors.classes import HazardClass
from shared.workflow.definition import Labelled


class DeclarationKind(Labelled):
    """申报类型 (DECL-02); 注销 is ours."""

    INITIAL = "initial", "初次申报"
    CHANGE = "change", "变更申报"
    ANNUAL = "annual", "年度更新"
    CANCELLATION = "cancellation", "注销"


class ChangeReason(Labelled):
    """变更原因 (DECL-02): the cases of the law, and 系统更新 for what came from the old system (DECL-09)."""

    SYSTEM_UPDATE = "system_update", "系统更新"
    PROJECT = "project", "新建、改建、扩建、技术改造或者技术引进建设项目"
    PROCESS = "process", "技术、工艺、设备或者材料发生变化"
    BASICS = "basics", "单位名称、法定代表人或者主要负责人发生变化"
    TEST_RESULT = "test_result", "经检测、评价，原申报内容发生变化"


class TestItem(Labelled):
    """What 检测情况 has a row for: the classes, and the factors that the form counts by themselves."""

    DUST = "dust", "粉尘"
    SILICA = "silica", "矽尘"
    COAL = "coal", "煤尘"
    ASBESTOS = "asbestos", "石棉粉尘"
    CHEMICAL = "chem", "化学物质"
    LEAD = "lead", "铅"
    BENZENE = "benzene", "苯"
    PHYSICAL = "phys", "物理因素"
    NOISE = "noise", "噪声"
    RADIATION = "rad", "放射性因素"
    BIOLOGICAL_AND_OTHER = "bio_oth", "生物和其他因素"

    # It is no test, whatever its name says to pytest.
    __test__ = False


class ExamItem(Labelled):
    """What 职业健康监护 has a row for: not 生物 and 其他, for which there is none (DECL-06)."""

    DUST = "dust", "粉尘"
    SILICA = "silica", "矽尘"
    COAL = "coal", "煤尘"
    ASBESTOS = "asbestos", "石棉粉尘"
    CHEMICAL = "chem", "化学物质"
    LEAD = "lead", "铅"
    BENZENE = "benzene", "苯"
    PHYSICAL = "phys", "物理因素"
    NOISE = "noise", "噪声"
    RADIATION = "rad", "放射性因素"


class FileKind(Labelled):
    """What is put up beside a declaration."""

    TEST_REPORT = "test_report", "检测报告"
    EXAM_SUMMARY = "exam_summary", "职业健康检查总结报告"
    OTHER = "other", "其他材料"


ITEMS: Final[Mapping[str, TestItem]] = {each.value: each for each in TestItem}
"""By their codes; those of ``ExamItem`` are among them, and called the same."""


@dataclass(frozen=True)
class Covers:
    """Which classes a row stands for; ``separately`` narrows it to the one factor that is counted by itself."""

    classes: frozenset[HazardClass]
    separately: str = ""


def _class(*classes: HazardClass) -> Covers:
    return Covers(frozenset(classes))


_C = HazardClass
COVERED: Final[Mapping[str, Covers]] = {
    "dust": _class(_C.DUST),
    "silica": Covers(frozenset({_C.DUST}), "矽尘"),
    "coal": Covers(frozenset({_C.DUST}), "煤尘"),
    "asbestos": Covers(frozenset({_C.DUST}), "石棉粉尘"),
    "chem": _class(_C.CHEMICAL),
    "lead": Covers(frozenset({_C.CHEMICAL}), "铅"),
    "benzene": Covers(frozenset({_C.CHEMICAL}), "苯"),
    "phys": _class(_C.PHYSICAL),
    "noise": Covers(frozenset({_C.PHYSICAL}), "噪声"),
    "rad": _class(_C.RADIATION),
    "bio_oth": _class(_C.BIOLOGICAL, _C.OTHER),
}
"""What each row of the two tables stands for, by its code."""
