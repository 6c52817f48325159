"""The words of the clock (BEY-10): what a unit tells of itself, how a declaration that is due stands, and when it is reminded of. How it
stands follows from dates and from what has been submitted, and is stored nowhere.
"""

from collections.abc import Mapping
from typing import Final

from services.declaration.form.choices import ChangeReason
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled
from shared.workflow.meaning import meaning

# Days before the last day at which a unit is told, each once.
MARKS: Final = (30, 7, 1)
# From so many days before the last day on it stands in the list of what is due.
SOON_DAYS: Final = 30


class Happening(Labelled):
    """What a unit tells of itself, and nobody else knows: from its day on the law's days run."""

    ACCEPTED = "accepted", "建设项目竣工验收"
    PROJECT = "project", "新建、改建、扩建、技术改造或者技术引进"
    PROCESS = "process", "技术、工艺、设备或者材料发生变化"
    TEST_RESULT = "test_result", "经检测、评价，原申报内容发生变化"
    ENDED = "ended", "终止生产经营"

    @property
    def change_reason(self) -> ChangeReason | None:
        """The reason of the 变更申报 that it asks for; None where it asks for another kind."""
        return _CHANGES.get(self)


_CHANGES: Final[Mapping[Happening, ChangeReason]] = {
    Happening.PROJECT: ChangeReason.PROJECT,
    Happening.PROCESS: ChangeReason.PROCESS,
    Happening.TEST_RESULT: ChangeReason.TEST_RESULT,
}


class DueState(Labelled):
    """``UNDATED``: never declared, and nobody has told of an acceptance from which the days would run. The last day itself still counts."""

    OVERDUE = "overdue", "已逾期", Colour.REFUSED
    SOON = "soon", "即将到期", Colour.WAITING
    UNDATED = "undated", "从未申报", Colour.WAITING
    LATER = "later", "未到期"
    SUBMITTED = "submitted", "已提交待审核", Colour.GOOD

    @meaning
    def asks_for_action(self) -> bool:
        """Its office looks after it: what the list shows unless it is asked for more."""
        return self in {DueState.OVERDUE, DueState.SOON, DueState.UNDATED}

    @meaning
    def is_urged(self) -> bool:
        """The unit has something to do, and may be urged to do it."""
        return self in {DueState.OVERDUE, DueState.SOON, DueState.UNDATED}


class Reach(Labelled):
    """Whether a notice reaches anybody of the unit."""

    PHONE = "phone", "可短信通知"
    INBOX = "inbox", "账号未留手机号", Colour.WAITING
    NOBODY = "nobody", "没有可用账号", Colour.REFUSED

    @meaning
    def is_called(self) -> bool:
        """Its office calls the unit, because no text message comes."""
        return self is not Reach.PHONE


BY_CODE: Final[Mapping[str, Reach]] = {each.value: each for each in Reach}
