"""The catalogue of hazard factors over the wire."""

from pydantic import BaseModel

from services.declaration.factors.classes import HazardClass
from shared.web.answers import Read


class FactorEntry(Read):
    """``separately`` is the short name of one whose persons the form counts by themselves; ``unlisted`` is where a factor goes that the
    catalogue lacks, with ``own_name`` beside it."""

    code: str
    class_code: HazardClass
    name: str
    aliases: list[str]
    cas: str
    pinyin: str
    note: str
    separately: str
    unlisted: bool


class CatalogueRead(BaseModel):
    """What was found in this edition; ``total`` without the limit. ``advice`` says what to do where nothing was."""

    edition: str
    name: str
    total: int
    advice: str | None
    factors: list[FactorEntry]
