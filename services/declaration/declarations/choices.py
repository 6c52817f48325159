"""The codes that a declaration (职业病危害项目申报) is made of, with their labels: kinds and reasons of change.
Statuses are in ``workflow.py``; classes and factors are the catalogue's (``services.declaration.factors``).
"""

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
