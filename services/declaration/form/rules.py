"""What a declaration must satisfy before it can be submitted: one table, one row a rule (code, fields, words, function). Every rule yields
each place where it is broken, so that all of them are told at once (FAQ-D11), with what to put instead where that is known (FAQ-D6).
Drafts may break them; who may submit and when is in ``workflow.py``. The functions that look are in ``finding`` and ``finding_rows``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from services.declaration.form import finding as f
from services.declaration.form import finding_rows as r
from services.declaration.form.choices import DeclarationKind
from services.declaration.form.filled import Filled
from services.declaration.form.hits import Hit, Proposal, Situation
from services.declaration.form.table import part_of

TOTAL_RULE: Final = "接触总人数应小于等于接害总人数（含外委）"
_WHOLE: Final = frozenset(DeclarationKind) - {DeclarationKind.CANCELLATION}
_EVERY: Final = frozenset(DeclarationKind)


@dataclass(frozen=True)
class Rule:
    """``fields`` are those that it looks at, ``words`` what is said, with ``{…}`` from the place. It is asked of declarations of ``kinds``:
    a 注销 says when the unit has ended, and not what it had."""

    code: str
    fields: tuple[str, ...]
    words: str
    find: Callable[[Filled, Situation], Iterator[Hit]]
    kinds: frozenset[DeclarationKind] = _WHOLE


@dataclass(frozen=True)
class Problem:
    """One thing to put right: ``field`` is the path in the record, ``section`` the key of its page."""

    section: str
    field: str
    code: str
    message: str
    proposal: Proposal | None


MISSING: Final = "missing"
RULES: Final = (
    Rule(
        MISSING,
        ("contact_name", "staff_count", "tested"),
        "请填写{label}",
        f.required,
    ),
    Rule(
        MISSING,
        ("change_reason",),
        "变更申报须选择变更原因",
        f.change_reason,
        _EVERY,
    ),
    Rule(
        "initial_again",
        ("kind",),
        "已有审核通过的申报，不再是初次申报；情况有变请选“变更申报”，每年一次选“年度更新”",
        f.initial_again,
        _EVERY,
    ),
    Rule(
        "nothing_declared_yet",
        ("kind",),
        "还没有审核通过的申报，不能{kind}；请选“初次申报”，从原系统转来的选“变更申报”、变更原因“系统更新”",
        f.nothing_declared_yet,
        _EVERY,
    ),
    Rule(
        "annual_too_early",
        ("kind",),
        "上次申报于{declared_on}，年度更新自{opens}起可以提交，现在可以先填写保存；情况有变请选“变更申报”",
        f.annual_too_early,
    ),
    Rule(
        MISSING,
        ("ended_on",),
        "请填写终止生产经营日期",
        f.ended_missing,
        _EVERY,
    ),
    Rule(
        "date_ahead",
        ("ended_on",),
        "终止生产经营日期{day}晚于今天，请在终止之后再注销",
        f.ended_ahead,
        _EVERY,
    ),
    Rule(
        MISSING,
        ("sites",),
        "请至少填写一处作业场所地址",
        r.sites,
    ),
    Rule(
        "exposed_above_staff",
        ("exposed_count", "staff_count", "outsourced_count"),
        "接害总人数（含外委）{exposed}人，大于在册职工{staff}人与外委人员{outsourced}人之和{sum}人，请核对这三项",
        f.exposed_above_staff,
    ),
    Rule(
        "trained_above_exposed",
        ("trained_count", "exposed_count"),
        "年度培训总人数{trained}人，不能大于接害总人数（含外委）{exposed}人，请核对这两项",
        f.trained_above_exposed,
    ),
    Rule(
        MISSING,
        ("products", "confidential"),
        "请填写主要产品；没有产品的填“无”、数量填“0”，涉密的勾选“军工等涉密产品”",
        r.products_missing,
    ),
    Rule(
        MISSING,
        ("products",),
        "请填写第{line}个产品的{label}",
        r.product_incomplete,
    ),
    Rule(
        "none_with_output",
        ("products",),
        "产品填“无”的，数量应为“0”，现为“{output}”",
        r.none_with_output,
    ),
    Rule(
        "none_beside_products",
        ("products",),
        "已填写其他产品，请删除“无”这一行",
        r.none_beside_products,
    ),
    Rule(
        MISSING,
        ("hazards",),
        "请至少选择一类职业病危害因素",
        f.no_class,
    ),
    Rule(
        MISSING,
        ("hazards",),
        "请填写{name}，应大于0",
        f.class_total,
    ),
    Rule(
        MISSING,
        ("hazards",),
        "请选择{label}的具体因素",
        f.class_factors,
    ),
    Rule(
        MISSING,
        ("hazards",),
        "请填写{name}，应大于0",
        f.factor_count,
    ),
    Rule(
        "factor_of_old_catalogue",
        ("hazards",),
        "“{name}”（{code}）不在现行的{edition}版目录中，请删除后从现行目录重新选择",
        f.old_factor,
    ),
    Rule(
        "own_name_missing",
        ("hazards",),
        "选择了“{name}”，请填写这个因素的名称",
        f.own_name_missing,
    ),
    Rule(
        "own_name_in_catalogue",
        ("hazards",),
        "“{name}”在目录中（{code}），请从目录中选择，不用“其他”",
        f.own_name_listed,
    ),
    Rule(
        "exposure_above_total",
        ("exposed_count", "hazards"),
        TOTAL_RULE + "：{name}{count}人，接害总人数（含外委）只填了{total}人。接害总人数是接触任一危害因素的总人数，"
        "同一人只计一次；请核对{name}，或将接害总人数改为{largest}人以上",
        f.exposure_above_total,
    ),
    Rule(
        "factor_above_class",
        ("hazards",),
        "{name}{count}人，大于{class_name}{total}人，请核对这两项",
        f.factor_above_class,
    ),
    Rule(
        MISSING,
        ("test_org", "test_report_no"),
        "本年度已检测，请填写{label}",
        r.lab_details,
    ),
    Rule(
        "tests_without_testing",
        ("tested", "tests"),
        "本年度检测情况为“未检测”，不应有检测点数；请改为“检测”，或清空检测点数",
        r.untested_rows,
    ),
    Rule(
        MISSING,
        ("tests",),
        "请填写{label}的检测点数和超标点数，没有的填 0",
        r.lab_rows,
    ),
    Rule(
        "over_above_points",
        ("tests",),
        "{label}超标点数{some}，大于检测点数{of}，请核对这两项",
        r.over_above_points,
    ),
    Rule(
        "test_of_undeclared",
        ("tests", "hazards"),
        "没有申报{label}，不应有它的检测点数；请删除这一行，或在危害因素种类中补充",
        r.lab_of_undeclared,
    ),
    Rule(
        "part_above_whole",
        ("tests",),
        "{label}的{what}{count}，大于{whole}的{total}，请核对这两项",
        r.part_above_whole,
    ),
    Rule(
        "surveillance_not_possible",
        ("surveillance_done", "hazards"),
        "{reason}",
        f.surveillance,
    ),
    Rule(
        MISSING,
        ("exam_org", "exam_report_no"),
        "职业健康监护已开展，请填写{label}",
        r.exam_details,
    ),
    Rule(
        "exams_without_surveillance",
        ("surveillance_done", "exams"),
        "职业健康监护为“未开展”，不应有检查人数；请改为“已开展”，或清空检查人数",
        r.unexamined_rows,
    ),
    Rule(
        MISSING,
        ("exams",),
        "请填写{label}的应检人数和实检人数，没有的填 0",
        r.exam_rows,
    ),
    Rule(
        "done_above_due",
        ("exams",),
        "{label}实检人数{some}，大于应检人数{of}，请核对这两项",
        r.done_above_due,
    ),
    Rule(
        "due_above_exposed",
        ("exams", "hazards"),
        "{label}应检人数{of}，大于接触人数{exposed}，请核对这两项",
        r.due_above_exposed,
    ),
    Rule(
        "exam_of_undeclared",
        ("exams", "hazards"),
        "没有申报{label}，不应有它的检查人数；请删除这一行，或在危害因素种类中补充",
        r.exam_of_undeclared,
    ),
)


def problems_in(form: Filled, situation: Situation) -> list[Problem]:
    """Everything that keeps this form from being submitted, in the order of the table; empty when it is complete and sound."""
    return [
        Problem(part_of(hit.field), hit.field, rule.code, _said(rule.words, hit.values), hit.proposal)
        for rule in RULES
        if form.kind in rule.kinds
        for hit in rule.find(form, situation)
    ]


def _said(words: str, values: dict[str, Any]) -> str:
    """Once only: what people have typed may have braces in it."""
    return words.format(**values)
