"""What a class session's score sheet says (STAFF-08): the course, and a row with mark and certificate for each person and 考核组 (X30).
Whose rows they are, all or a unit's own, and when they may be put on paper is training's business.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.certificates.rendering.contract import DocumentKind, FormContent, Part

Words = Annotated[str, Field(max_length=200)]
Short = Annotated[str, Field(max_length=30)]


class Mark(Part):
    """``score`` is empty where 合格/不合格 alone was given; ``corrected``, the mark was put right after its publication (STAFF-09)."""

    name: Annotated[str, Field(min_length=1, max_length=50)]
    sex: Short
    unit_name: Words
    title: Words
    specialties: Annotated[str, Field(max_length=600)]
    score: Short
    passed: bool
    conclusion: Short
    corrected: bool
    certificate_number: Annotated[str, Field(max_length=60)]


class ScoreSheet(FormContent):
    """``unit_name`` is empty on the whole sheet of a session; ``people`` counts persons, of whom one may have several rows."""

    plan_type: Words
    plan_name: Words
    session: Words
    start_date: date
    end_date: date
    hours: Short
    pass_mark: Short
    unit_name: Words
    published_on: date
    people: Annotated[int, Field(ge=1)]
    marks: Annotated[tuple[Mark, ...], Field(min_length=1, max_length=600)]

    @property
    def passed(self) -> int:
        """Rows that say 合格."""
        return sum(mark.passed for mark in self.marks)

    @property
    def corrected(self) -> int:
        """Rows that were put right after the publication."""
        return sum(mark.corrected for mark in self.marks)


# A list goes on from sheet to sheet: there is nothing to be pressed onto one.
KIND = DocumentKind("score_sheet", "培训成绩登记表", ScoreSheet, archived=True, densities=(), most_sheets=200)
