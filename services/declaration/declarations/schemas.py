"""What goes over the wire about declarations: drafts that may be incomplete come in, records with labels and reasons go out."""

from collections import Counter
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.declaration.declarations.choices import ChangeReason, DeclarationKind
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.employers.schemas import BasicsChange, EmployerRead
from services.declaration.factors.classes import HazardClass
from shared.fields import CleanText, Mobile, PersonName
from shared.reference.tables import row
from shared.web.answers import CodeOf, Read
from shared.workflow.definition import AllowedAction

Count = Annotated[int, Field(ge=0, le=1_000_000, description="人数")]


def _no_repeats(codes: list[str], what: str) -> None:
    repeated = [code for code, times in Counter(codes).items() if times > 1]
    if repeated:
        raise PydanticCustomError("repeated", "{what}重复：{codes}", {"what": what, "codes": "、".join(repeated)})


class FactorInput(BaseModel):
    """A factor of the shared catalogue ``hazard_factors`` and the persons who meet it."""

    model_config = ConfigDict(extra="forbid")

    factor_code: Annotated[str, CleanText(10)]
    exposed_count: Count | None = None


class HazardInput(BaseModel):
    """A hazard class that the employer has (DECL-06); ``exposed_count`` is its 接触总人数."""

    model_config = ConfigDict(extra="forbid")

    class_code: HazardClass
    exposed_count: Count | None = None
    factors: list[FactorInput] = Field(default_factory=list, max_length=500)

    @model_validator(mode="after")
    def _factors_of_this_class(self) -> Self:
        _no_repeats([factor.factor_code for factor in self.factors], f"{self.class_code.label}的具体因素")
        for factor in self.factors:
            found = row("hazard_factors", factor.factor_code)
            if found is None or found.parent != self.class_code.value:
                message = "“{code}”不是{name}的危害因素，请从目录中选择"
                context = {"code": found.name if found else factor.factor_code, "name": self.class_code.label}
                raise PydanticCustomError("factor_of_another_class", message, context)
        return self


class _Content(BaseModel):
    """What the employer fills in, page by page; null empties a field."""

    model_config = ConfigDict(extra="forbid")

    change_reason: ChangeReason | None = Field(default=None, description="变更原因")
    contact_name: PersonName | None = Field(default=None, description="职业卫生管理联系人")
    contact_phone: Mobile | None = None
    staff_count: Count | None = Field(default=None, description="本单位在册职工总数")
    outsourced_count: Count | None = Field(default=None, description="外委人员总数")
    exposed_count: Count | None = Field(
        default=None, description="接害总人数（含外委）：接触任一危害因素的总人数，同一人只计一次"
    )
    disease_count: Count | None = Field(default=None, description="职业病累计人数")
    leader_trained: bool | None = Field(default=None, description="主要负责人培训")
    manager_trained: bool | None = Field(default=None, description="职业卫生管理人员培训")
    trained_count: Count | None = Field(default=None, description="接触职业病危害因素年度培训总人数")
    surveillance_done: bool | None = Field(default=None, description="职业健康监护开展情况：true 已开展，false 未开展")
    hazards: list[HazardInput] = Field(default_factory=list, max_length=len(HazardClass), description="危害因素种类")

    @field_validator("hazards")
    @classmethod
    def _each_class_once(cls, hazards: list[HazardInput]) -> list[HazardInput]:
        _no_repeats([hazard.class_code.label for hazard in hazards], "危害因素种类")
        return hazards


class DeclarationCreate(_Content):
    kind: DeclarationKind = Field(description="申报类型")


class DeclarationUpdate(_Content):
    """Fields that are left out stay as they are; ``hazards`` comes whole."""

    kind: DeclarationKind = Field(default=DeclarationKind.INITIAL, description="申报类型")


class Problem(Read):
    """One thing to put right before submission; ``field`` is the path in the record."""

    field: str
    code: str
    message: str


class Option(BaseModel):
    """One choice of a control: shown always, usable when ``allowed``, else with the reason (PLAT-02)."""

    value: bool
    label: str
    allowed: bool
    reason: str | None


class FactorRead(Read):
    factor_code: Annotated[str, CodeOf("hazard_factors")]
    exposed_count: int | None


class HazardRead(Read):
    class_code: HazardClass
    exposed_count: int | None
    factors: list[FactorRead]


class DeclarationListItem(Read):
    """A row of the list (DECL-11). A phone never stands in a list."""

    id: UUID
    employer_id: UUID
    employer_name: str
    region_code: str
    region_label: str
    kind: DeclarationKind
    declared_on: date
    status: DeclarationStatus
    reject_reason: str | None
    version: int
    allowed_actions: list[AllowedAction]


class DeclarationRead(DeclarationListItem):
    """``contact_phone`` is masked for all but the employer. ``problems`` is what keeps an editable record from being submitted."""

    credit_code: str
    address: str
    legal_representative: str
    change_reason: ChangeReason | None
    contact_name: str | None
    contact_phone: str | None
    staff_count: int | None
    outsourced_count: int | None
    exposed_count: int | None
    disease_count: int | None
    leader_trained: bool | None
    manager_trained: bool | None
    trained_count: int | None
    surveillance_done: bool | None
    surveillance_label: str | None
    surveillance_options: list[Option]
    hazards: list[HazardRead]
    pending_since: datetime | None
    opened_by_reviewer_at: datetime | None
    reviewed_at: datetime | None
    problems: list[Problem]


class AffectedDeclaration(Read):
    """The record in which a change of 注册信息 shows; ``created`` when there was none to edit and one was opened for it."""

    id: UUID
    kind: DeclarationKind
    status: DeclarationStatus
    created: bool


class EmployerEdited(BaseModel):
    employer: EmployerRead
    changes: list[BasicsChange]
    declaration: AffectedDeclaration | None
    message: str


class ContactPhone(BaseModel):
    """The full number, for the reviewer who calls; each look is in the record's history (PLAT-05)."""

    contact_phone: str | None
