"""The codes that a declaration (职业病危害项目申报) is made of, with their labels: kinds, reasons of change, hazard classes.
Statuses are in ``workflow.py``; single factors are the shared reference table ``hazard_factors``.
"""

from typing import Final

from shared.workflow.definition import Labelled


class DeclarationKind(Labelled):
    """申报类型 (DECL-02)."""

    INITIAL = "initial", "初次申报"
    CHANGE = "change", "变更申报"
    ANNUAL = "annual", "年度更新"


class ChangeReason(Labelled):
    """变更原因 (DECL-02): the cases of the law, and 系统更新 for what came from the old system (DECL-09)."""

    SYSTEM_UPDATE = "system_update", "系统更新"
    PROJECT = "project", "新建、改建、扩建、技术改造或者技术引进建设项目"
    PROCESS = "process", "技术、工艺、设备或者材料发生变化"
    BASICS = "basics", "单位名称、法定代表人或者主要负责人发生变化"
    TEST_RESULT = "test_result", "经检测、评价，原申报内容发生变化"


class HazardClass(Labelled):
    """危害因素类别, by the codes of the shared table (DECL-06)."""

    DUST = "dust", "粉尘"
    CHEMICAL = "chem", "化学因素"
    PHYSICAL = "phys", "物理因素"
    RADIATION = "rad", "放射性因素"
    BIOLOGICAL = "bio", "生物因素"
    OTHER = "oth", "其他因素"


# DECL-06, FAQ-D5: with nothing but these, occupational health surveillance cannot be 已开展.
WITHOUT_SURVEILLANCE: Final = frozenset({HazardClass.BIOLOGICAL, HazardClass.OTHER})
