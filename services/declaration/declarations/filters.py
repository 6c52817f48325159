"""What a list of declarations can be narrowed to, as plain data between the API and the queries."""

from pydantic import Field

from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.form.choices import DeclarationKind
from shared.days import Day
from shared.db.paging import Filter


class DeclarationFilter(Filter):
    """The dates are inclusive (DECL-11)."""

    status: list[DeclarationStatus] = Field(default=[], max_length=20, description="状态，可多选")
    kind: list[DeclarationKind] = Field(default=[], max_length=20, description="申报类型，可多选")
    employer_name: str = Field(default="", max_length=100, description="单位名称的任一部分或拼音首字母")
    declared_on_from: Day | None = Field(default=None, description="申报日期起")
    declared_on_to: Day | None = Field(default=None, description="申报日期止")
