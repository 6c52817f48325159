"""What comes with the reviewer's steps along a registration's table. The table itself is in ``workflow``."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.training.enrolment.registrations.wording import FORM_LABELS
from services.training.people.personnel import form
from services.training.people.personnel.choices import AttachmentKind
from shared.days import Day
from shared.fields import Copied
from shared.workflow.definition import ActionBody, Labelled
from shared.workflow.meaning import meaning

# What a unit can mend: the form, the personal file and what is attached to it.
KNOWN_FIELDS = frozenset({*FORM_LABELS, *form.LABELS, *AttachmentKind, "attachments"})


def _known(name: str) -> str:
    if name not in KNOWN_FIELDS:
        raise PydanticCustomError("unknown_field", "报名表和人员信息中没有这一项，请重新勾选需要修改的内容")
    return name


class ReturnKind(Labelled):
    """STAFF-03."""

    WRONG = "wrong", "信息错误"
    INCOMPLETE = "incomplete", "信息不完整"
    MATERIAL_MISSING = "material_missing", "材料不全"
    NOT_ELIGIBLE = "not_eligible", "不符合报名条件"
    OTHER = "other", "其他"

    @meaning
    def is_mendable(self) -> bool:
        """The unit can put it right; who does not meet the conditions cannot."""
        return self is not ReturnKind.NOT_ELIGIBLE


class ReturnBody(ActionBody):
    """Why and for which fields a registration goes back (STAFF-03, BEY-04)."""

    kind: ReturnKind = Field(default=ReturnKind.OTHER, description="退回类别")
    fields: list[Annotated[str, Copied(60), AfterValidator(_known)]] = Field(
        default_factory=list, max_length=30, description="需要修改的字段"
    )


class CorrectionBody(ActionBody):
    """``until`` is the last day of the correction window, inclusive, in Beijing (STAFF-13)."""

    until: Day = Field(description="补正截止日期，含当日")
