"""How a certificate that ends stands, and what can be done about it (BEY-06). Derived from dates, plans and registrations, never stored."""

from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled
from shared.workflow.meaning import meaning

# Days before the end at which a unit is told.
MARKS = (90, 30, 7)
# How long an end that has gone by is still shown.
SHOWN_AFTER_DAYS = 365


class ExpiryStatus(Labelled):
    """The last day itself still counts (X3)."""

    ENDING = "ending", "将到期", Colour.WAITING
    EXPIRED = "expired", "已过期", Colour.REFUSED

    @meaning
    def is_ending(self) -> bool:
        return self is ExpiryStatus.ENDING


class ExpiryGroup(Labelled):
    """How near the end is, as the list is grouped: each row is in one, by its ``days_left``."""

    EXPIRED = "expired", "已过期", Colour.REFUSED
    WITHIN_30 = "within_30", "30 天内到期", Colour.WAITING
    WITHIN_90 = "within_90", "90 天内到期", Colour.WAITING
    LATER = "later", "90 天以后到期", Colour.QUIET


# The most days left in each group, in the order in which they are tried.
_MOST = ((ExpiryGroup.EXPIRED, -1), (ExpiryGroup.WITHIN_30, 30), (ExpiryGroup.WITHIN_90, 90))


def group_of(days_left: int) -> ExpiryGroup:
    return next((group for group, most in _MOST if days_left <= most), ExpiryGroup.LATER)


def days_of(group: ExpiryGroup) -> tuple[int | None, int | None]:
    """(fewest, most) days left in the group, both inclusive; None where it has no bound."""
    bounds = [None, *(most + 1 for _, most in _MOST)], [*(most for _, most in _MOST), None]
    at = list(ExpiryGroup).index(group)
    return bounds[0][at], bounds[1][at]


class RenewalState(Labelled):
    """``ADDED`` is in a plan that is open and has not been sent; ``REGISTERED`` is 已报名 or 审核通过 somewhere, its results not out."""

    OPEN = "open", "可报名", Colour.WAITING
    ADDED = "added", "已添加未报名", Colour.WAITING
    REGISTERED = "registered", "已报名", Colour.GOOD
    NONE = "none", "暂无培训班", Colour.QUIET
