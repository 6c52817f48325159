"""The dictionaries behind plans as their keeper writes them: class types with their specialties (STAFF-01, TRN-45)."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.training.plans.schemas import Choice, OfferedSpecialty
from shared.fields import CleanText, Copied
from shared.web.dictionaries import DetailOfEntry

Code = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$", max_length=40, description="代码，小写英文字母开头，建立后不变")
]
Label = Annotated[str, CleanText(50), Field(description="名称")]
Position = Annotated[int, Field(ge=1, le=10_000, description="排列顺序")]
NumberCode = Annotated[
    str, Field(pattern=r"^[A-Z0-9]{1,10}$", max_length=10, description="证书编号中的类别代码，大写字母或数字")
]
Codes = Annotated[list[Annotated[str, Copied(40)]], Field(max_length=50, description="专业类别")]


class _Changes(BaseModel):
    model_config = ConfigDict(extra="forbid")

    def changes(self) -> dict[str, Any]:
        """What was sent and is not null, by field name."""
        return {name: value for name in self.model_fields_set if (value := getattr(self, name)) is not None}


class PlanTypeCreate(BaseModel):
    """Left out, ``code`` and ``number_code`` are the initials of the label, and ``position`` is behind all others."""

    model_config = ConfigDict(extra="forbid")

    code: Code | None = None
    label: Label
    position: Position | None = None
    number_code: NumberCode | None = None
    specialties: Codes = Field(default_factory=list)


class PlanTypeUpdate(_Changes):
    """Only what is sent changes."""

    label: Label | None = None
    position: Position | None = None
    number_code: NumberCode | None = None
    specialties: Codes | None = None


class SpecialtyCreate(BaseModel):
    """What is left out is made as for a type."""

    model_config = ConfigDict(extra="forbid")

    code: Code | None = None
    label: Label
    position: Position | None = None


class SpecialtyUpdate(_Changes):
    """Only what is sent changes."""

    label: Label | None = None
    position: Position | None = None


class SpecialtyDetail(Choice, DetailOfEntry):
    """A specialty with its place in the list. ``editable_fields`` are what no published plan carries."""

    editable_fields: list[str]


class PlanTypeDetail(Choice, DetailOfEntry):
    """A class type as its keeper sees it. ``editable_fields`` are what no published plan carries."""

    number_code: str
    specialties: list[OfferedSpecialty]
    editable_fields: list[str]
