"""The parts of a personal file that are written apart from its form, as 从事科室; and what a file is warned of."""

from pydantic import BaseModel, ConfigDict, Field

from services.training.people.personnel import fields as f


class DepartmentsUpdate(BaseModel):
    """科室选择: at least one, from the dictionary or in one's own words (TRN-28)."""

    model_config = ConfigDict(extra="forbid")

    departments: f.Departments = Field(min_length=1)


class Warned(BaseModel):
    """What is allowed, and yet to be looked at, by field (X3, X24)."""

    field: str
    code: str
    message: str
