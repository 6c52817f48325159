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


class RenewalState(Labelled):
    """``ADDED`` is in a plan that is open and has not been sent; ``REGISTERED`` is 已报名 or 审核通过 somewhere, its results not out."""

    OPEN = "open", "可报名", Colour.WAITING
    ADDED = "added", "已添加未报名", Colour.WAITING
    REGISTERED = "registered", "已报名", Colour.GOOD
    NONE = "none", "暂无培训班", Colour.QUIET
