"""What a reviewer should look at twice in a submitted declaration (FAQ-D22): rules as data, each with its figures.
A flag refuses nothing. Which of them a province wants is ``reviews.models``; they are asked when a declaration is submitted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from services.declaration.factors.classes import WITHOUT_SURVEILLANCE
from services.declaration.form.choices import ITEMS
from services.declaration.form.filled import Filled
from services.declaration.form.table import LABELS, part_of


class Flag(BaseModel):
    """One oddity: where, in which words, and the figures that are odd."""

    code: str
    section: str
    field: str
    words: str
    figures: dict[str, Any]


@dataclass(frozen=True)
class FlagRule:
    """``bounds`` are what the function compares with, ``explains`` says the rule with them."""

    code: str
    label: str
    words: str
    explains: str
    find: Callable[[Filled, Filled | None, Mapping[str, Any]], Iterator[tuple[str, dict[str, Any]]]]
    bounds: Mapping[str, Any]

    @property
    def explanation(self) -> str:
        return self.explains.format(**self.bounds)


Found = Iterator[tuple[str, dict[str, Any]]]
_COUNTS = ("staff_count", "outsourced_count", "exposed_count", "disease_count")


def _jumps(form: Filled, last: Filled | None, bounds: Mapping[str, Any]) -> Found:
    """Small numbers jump easily: both below ``least`` say nothing."""
    if last is None:
        return
    before = {name: getattr(last, name) for name in _COUNTS} | _totals(last)
    after = {name: getattr(form, name) for name in _COUNTS} | _totals(form)
    paths = {each.class_code.value: f"hazards.{at}.exposed_count" for at, each in enumerate(form.hazards)}
    for name, now in after.items():
        then = before.get(name)
        if not now or not then or max(now, then) < bounds["least"]:
            continue
        if now >= then * bounds["times"] or now * bounds["times"] <= then:
            label = LABELS.get(name) or f"{next(h.label for h in form.hazards if h.class_code.value == name)}接触总人数"
            yield paths.get(name, name), {"label": label, "before": then, "after": now}


def _totals(form: Filled) -> dict[str, int | None]:
    return {each.class_code.value: each.exposed_count for each in form.hazards}


def _no_noise(form: Filled, _last: Filled | None, bounds: Mapping[str, Any]) -> Found:
    industry = form.industry or ""
    has = any(factor.entry and factor.entry.separately == "噪声" for each in form.hazards for factor in each.factors)
    if not has and industry.startswith(bounds["industries"]):
        yield "hazards", {"industry": industry}


def _untested(form: Filled, last: Filled | None, _bounds: Mapping[str, Any]) -> Found:
    """The law asks for a test each year where anything but 生物 and 其他 is met."""
    if form.tested is False and form.classes - WITHOUT_SURVEILLANCE:
        again = "上次申报也未检测，" if last and last.tested is False else ""
        yield "tested", {"again": again}


def _few_due(form: Filled, _last: Filled | None, bounds: Mapping[str, Any]) -> Found:
    for at, row in enumerate(form.exams):
        covered = form.covered(row.item)
        exposed = covered[1] if covered else None
        if row.of is not None and exposed and exposed >= bounds["least"] and row.of < exposed * bounds["share"]:
            yield f"exams.{at}.due", {"label": ITEMS[row.item].label, "due": row.of, "exposed": exposed}


FLAGS: Final = (
    FlagRule(
        "count_jump",
        "人数与上次相差十倍",
        "{label}由上次的{before}人变为{after}人",
        "在册职工、外委、接害总人数、职业病累计人数或某一类接触总人数，达到上次的{times}倍或不足其{times}分之一；两次都不到{least}人的不提示",
        _jumps,
        {"times": 10, "least": 20},
    ),
    FlagRule(
        "noise_absent",
        "行业应有噪声而未申报",
        "行业（{industry}）通常有噪声，但没有申报噪声",
        "采矿业，制造业，电力、热力生产和供应业，建筑业的单位没有申报噪声",
        _no_noise,
        # 采矿业, 制造业, 电力、热力生产和供应业, 建筑业.
        {"industries": ("B", "C", "D44", "E")},
    ),
    FlagRule(
        "test_overdue",
        "逾期未检测",
        "{again}本年度没有进行职业病危害因素检测",
        "接触粉尘、化学、物理或放射性因素，而本年度没有检测",
        _untested,
        {},
    ),
    FlagRule(
        "few_due",
        "应检人数远低于接触人数",
        "{label}接触{exposed}人，应检只有{due}人",
        "接触人数不少于{least}人，而应检人数不足接触人数的{share:.0%}",
        _few_due,
        {"share": 0.5, "least": 10},
    ),
)


def flags_of(form: Filled, last: Filled | None) -> list[Flag]:
    """Every oddity of ``form`` beside what was last approved, in the order of the table."""
    return [
        Flag(code=rule.code, section=part_of(field), field=field, words=rule.words.format(**figures), figures=figures)
        for rule in FLAGS
        for field, figures in rule.find(form, last, rule.bounds)
    ]
