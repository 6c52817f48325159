"""From a score to 合格/不合格 (STAFF-08): pure functions, used by the page, by the sheet and by both sides' words."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from shared.workflow.definition import Refusal

PASSED, FAILED = "合格", "不合格"
CONCLUSIONS = {PASSED: True, FAILED: False}


@dataclass(frozen=True)
class Mark:
    """Both empty: not entered. ``score`` empty: 合格/不合格 alone was given."""

    score: Decimal | None
    passed: bool | None


def conclusion(passed: bool | None) -> str:
    """合格, 不合格, or nothing yet."""
    return "" if passed is None else PASSED if passed else FAILED


def decide(score: Decimal | None, passed: bool | None, pass_mark: Decimal) -> Mark | Refusal:
    """A score decides by the plan's pass mark; a conclusion beside it must agree."""
    if score is None:
        return Mark(None, passed)
    by_score = score >= pass_mark
    if passed is not None and passed is not by_score:
        return Refusal(
            "conclusion_contradicts", f"成绩 {score} 分，合格线 {pass_mark} 分，应为“{conclusion(by_score)}”"
        )
    return Mark(score, by_score)


def read_mark(score: Decimal | None, passed: bool | None, words: str | None, pass_mark: Decimal) -> Mark | Refusal:
    """What was given of a mark; ``words`` stand for ``passed`` where they are given."""
    told = passed if words is None else parse_conclusion(words)
    return told if isinstance(told, Refusal) else decide(score, told, pass_mark)


def parse_score(text: str) -> Decimal | None | Refusal:
    """What stands in a cell: empty, or 0–100 with at most one decimal."""
    if not text:
        return None
    try:
        score = Decimal(text)
    except InvalidOperation:
        return Refusal("score_not_a_number", "成绩应为数字，如 85 或 85.5")
    if not score.is_finite() or not 0 <= score <= 100:
        return Refusal("score_out_of_range", "成绩应在 0 到 100 之间")
    if score != score.quantize(Decimal("0.1")):
        return Refusal("score_decimals", "成绩最多一位小数")
    return score


def parse_conclusion(text: str) -> bool | None | Refusal:
    """What stands in a cell: empty, 合格 or 不合格."""
    if text and text not in CONCLUSIONS:
        return Refusal("conclusion_unknown", "结论应为“合格”或“不合格”")
    return CONCLUSIONS.get(text)
