"""An entry of 从事科室 or 职务 as its keeper writes it (AUTH-31, TRN-28)."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared.fields import CleanText, Copied
from shared.web.answers import Read
from shared.web.dictionaries import DetailOfEntry

Label = Annotated[str, CleanText(50), Field(description="名称")]
Position = Annotated[int, Field(ge=1, le=10_000, description="排列顺序")]
Group = Annotated[str, Copied(50), Field(description="分组")]


class DutyCreate(BaseModel):
    """Left out, ``position`` is behind all others."""

    model_config = ConfigDict(extra="forbid")

    label: Label
    position: Position | None = None


class DepartmentCreate(DutyCreate):
    """``group`` is one of the headings."""

    group: Group


class DutyUpdate(BaseModel):
    """Only what is sent changes."""

    model_config = ConfigDict(extra="forbid")

    label: Label | None = None
    position: Position | None = None

    def changes(self) -> dict[str, Any]:
        """What was sent and is not null, by field name."""
        return {name: value for name in self.model_fields_set if (value := getattr(self, name)) is not None}


class DepartmentUpdate(DutyUpdate):
    """Only what is sent changes."""

    group: Group | None = None


class DutyDetail(Read, DetailOfEntry):
    """A 职务 as its keeper sees it."""

    code: str
    label: str


class DepartmentDetail(DutyDetail):
    """A 从事科室 as its keeper sees it."""

    group: str
