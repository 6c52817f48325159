"""资质 of a personal file over the wire (TRN-25…27). Categories and scopes are the words that people read, as certificates carry them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.people.personnel import fields as f
from services.training.people.personnel.workflow import QualificationState
from shared.days import Day
from shared.fields import PASTED, CleanText, GbkText
from shared.web.answers import Read
from shared.web.form_tables import Blank, Present
from shared.workflow.buttons import AllowedAction

_Category = Annotated[str, CleanText(50), Field(description="资质类别，取自 qualification_categories")]
_Number = Annotated[str, GbkText(50), Field(description="证书（发文）编号"), PASTED]
_Scope = Annotated[
    list[Annotated[str, CleanText(50)]],
    Field(
        max_length=20,
        description="资质范围，取自 qualification_scopes；技能培训等可选填技能专项，取自 qualification_skills",
    ),
]


class QualificationCreate(BaseModel):
    """添加资质. Category, scope and the order of the dates are judged by the service, which knows the dictionaries."""

    model_config = ConfigDict(extra="forbid")

    category: _Category
    number: _Number
    issued_on: f.IssuedOn
    expires_on: Annotated[Day | None, Blank] = None
    scope: _Scope = Field(default_factory=list)


class QualificationUpdate(BaseModel):
    """Only what is given changes; what is left out of ``scope`` is no longer in it."""

    model_config = ConfigDict(extra="forbid")

    category: Annotated[_Category | None, Present] = None
    number: Annotated[_Number | None, Present] = None
    issued_on: Annotated[f.IssuedOn | None, Present] = None
    expires_on: Annotated[Day | None, Blank] = None
    scope: Annotated[_Scope | None, Present] = None

    def changes(self) -> dict[str, object]:
        """What was sent, by field name."""
        return self.model_dump(exclude_unset=True)


class QualificationRead(Read):
    """``earned_here`` is a certificate of this platform, which nobody writes by hand; ``state`` is 有效, 已过期 (X3) or 已撤销."""

    id: UUID
    category: str
    number: str
    issued_on: date
    expires_on: date | None
    scope: list[str]
    earned_here: bool
    state: QualificationState
    allowed_actions: list[AllowedAction]
