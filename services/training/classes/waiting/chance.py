"""How likely a waiting entry is to be served, told from what has happened so far (BEY-02). A pure function of numbers; it promises nothing
and decides nothing.
"""

from math import exp, lgamma, log

from services.training.classes.waiting.schemas import Chance

# Before three days have passed, or without any opening, the places given up tell nothing yet.
ENOUGH_DAYS = 3
_LABELS = {"high": "机会较大", "medium": "机会一般", "low": "机会较小", "unknown": "暂无法估计"}


def at_least(needed: int, expected: float) -> float:
    """The probability of ``needed`` or more of something that comes independently and ``expected`` times on average (Poisson)."""
    if needed <= 0:
        return 1.0
    if expected <= 0:
        return 0.0
    fewer = sum(exp(many * log(expected) - expected - lgamma(many + 1)) for many in range(needed))
    return max(0.0, 1.0 - fewer)


def chance_of(*, freed: int, days_open: int, days_left: int, ahead: int, size: int, free: int, most: int) -> Chance:
    """``freed`` places were given up in the session in ``days_open`` days, ``days_left`` remain with today, ``ahead`` people of the
    session's queue come first, ``size`` are to be served, ``free`` places are free already, ``most`` is how many a row can hold.

    expected = freed / days_open × days_left; needed = ahead + size - free (never below 0);
    probability = P(Poisson(expected) ≥ needed): high from 2/3, medium from 1/3, low below. Unknown in the first three days.
    A group larger than the row can hold is low, whatever is given up."""
    expected = freed / days_open * days_left if days_open > 0 else 0.0
    needed = max(0, ahead + size - max(0, free))
    probability = at_least(needed, expected)
    code = "high" if probability >= 2 / 3 else "medium" if probability >= 1 / 3 else "low"
    queue = f"前面还有 {ahead} 人，本组 {size} 人"
    if size > most:
        code, said = "low", f"本组 {size} 人，超过该班次可容纳的 {most} 人；建议退出后拆分候补"
    elif days_open < ENOUGH_DAYS:
        code, said = "unknown", f"开放选班不足 {ENOUGH_DAYS} 天，尚不能估计；{queue}"
    else:
        said = (
            f"开放选班 {days_open} 天以来空出 {freed} 个名额，距截止还有 {days_left} 天，"
            f"预计还会空出约 {expected:.1f} 个；{queue}，{_LABELS[code]}"
        )
    return Chance(
        code=code,
        label=_LABELS[code],
        sentence=said,
        freed=freed,
        days_open=days_open,
        days_left=days_left,
        expected=round(expected, 1),
        needed=needed,
    )
