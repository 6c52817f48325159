"""Regions over the wire: as a drop-down shows them, and as the province's administrators keep them (ORG-13)."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.days import Day
from shared.fields import CleanText, RegionCode
from shared.sheets import RowError
from shared.web.answers import Read

Name = Annotated[str, CleanText(50)]


class RegionRead(Read):
    """``leaf`` says that nothing stands below, so that a form asks for no further level."""

    code: str
    name: str
    full_name: str
    level: int = Field(description="1 省，2 市，3 区县")
    kind: str
    parent: str
    leaf: bool
    valid_from: date
    valid_until: date | None
    version: int


class RegionCreate(BaseModel):
    """``code`` begins with the digits of ``parent``; valid from and until these days, both inclusive."""

    model_config = ConfigDict(extra="forbid")

    code: RegionCode
    name: Name
    parent: RegionCode
    valid_from: Day
    valid_until: Day | None = None


class RegionUpdate(BaseModel):
    """What is left out stays; ``valid_until`` null opens a closed region again."""

    model_config = ConfigDict(extra="forbid")

    name: Name = ""
    valid_until: Day | None = None


class RegionImport(BaseModel):
    """What an import did, or, without ``applied``, would do; ``errors`` name row, column and reason."""

    total: int
    created: int
    changed: int
    unchanged: int
    errors: list[RowError]
    applied: bool
