"""Score sheets and results on the wire (STAFF-08, CERT-01…04)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.people.personnel.import_schemas import ImportProblem
from services.training.results.scores.groups import codes_of, joined
from services.training.results.scores.marks import conclusion
from services.training.results.scores.models import Result
from services.training.results.scores.workflow import ScoreSheetStatus
from shared.fields import CleanText, Longest
from shared.web.answers import CodeOf, Read
from shared.workflow.buttons import AllowedAction

Score = Annotated[Decimal, Field(ge=0, le=100, decimal_places=1), Longest(20)]


class SheetListItem(Read):
    """A session whose places exist; ``entered`` of ``total`` results."""

    id: UUID
    plan_id: UUID
    plan_name: str
    type_label: str
    session_no: int
    start_date: date
    end_date: date
    status: ScoreSheetStatus
    entered: int
    total: int
    published_at: datetime | None


def short_number(registration_id: UUID) -> str:
    """报名编号 in the sheet: never digits alone, so that Excel keeps it as text."""
    return f"R{registration_id.hex[-10:].upper()}"


class ResultRow(Read):
    """One person and 考核组 (X30): ``specialties`` are its codes, ``specialty_label`` their labels joined by 、. ``certificate_withheld``
    says why a person who passed has no certificate (BEY-15, STAFF-09)."""

    result_id: UUID
    registration_id: UUID
    registration_no: str
    name: str
    masked_id: str | None
    sex: str
    unit_name: str
    specialty_code: str
    specialty_label: str
    specialties: list[str]
    score: float | None
    passed: bool | None
    conclusion: str
    corrected_at: datetime | None
    certificate_number: str | None
    certificate_withheld: str | None


class SheetRead(Read):
    """The grid: one row per person and 考核组. What may be done with a row is the same for all of them, and said once: a sheet may have
    thousands."""

    id: UUID
    plan_id: UUID
    plan_name: str
    session_no: int
    pass_mark: float
    status: ScoreSheetStatus
    published_at: datetime | None
    results: list[ResultRow]
    version: int
    allowed_actions: list[AllowedAction]
    row_actions: list[AllowedAction]


class EnteredRead(Read):
    """What an entry changed: the rows that are others than in the version that it was made from, those that somebody else changed
    meanwhile among them, and how far the whole sheet is."""

    id: UUID
    status: ScoreSheetStatus
    entered: int
    total: int
    results: list[ResultRow]
    version: int
    allowed_actions: list[AllowedAction]
    row_actions: list[AllowedAction]


class ResultMark(BaseModel):
    """A score, or 合格/不合格 alone, as ``passed`` or as ``conclusion`` in words."""

    model_config = ConfigDict(extra="forbid")

    score: Score | None = None
    passed: bool | None = None
    conclusion: Annotated[str, CleanText(20, blank=True), Field(description="结论的文字，代替 passed")] | None = None


class ResultEntry(ResultMark):
    """A mark; all of it empty takes back what was entered."""

    result_id: UUID


class CorrectionRead(Read):
    """What a correction to this mark would do (STAFF-09): ``effect`` is none, issue, reissue, revoke or withheld, ``words`` say it."""

    id: UUID
    score: float | None
    conclusion: str
    conclusion_before: str
    certificate_number: str | None
    effect: str
    words: str


class ResultCorrection(ResultMark):
    """The result as it should have been, and why it was not (STAFF-09)."""

    reason: Annotated[str, CleanText(400), Field(description="更正理由")]


class AttendanceCorrection(BaseModel):
    """Whether the person was there on that day, and why the list was wrong (BEY-15)."""

    model_config = ConfigDict(extra="forbid")

    present: Annotated[bool, Field(description="当天是否出勤")]
    reason: Annotated[str, CleanText(400), Field(description="更正理由")]


class AttendanceEffect(BaseModel):
    """What a correction of one person's day would do: ``effect`` is none, issue or revoke, ``words`` say it."""

    effect: str
    words: str


class NoCertificate(BaseModel):
    """One reason: not_entered, failed, attendance_missing, attendance_short."""

    code: str
    label: str
    reason: str


class UncertifiedPerson(BaseModel):
    """``forgotten``: passed, and only attendance is missing; publishing has to be told that this is meant."""

    registration_id: UUID
    registration_no: str
    name: str
    masked_id: str | None
    unit_name: str
    reasons: list[NoCertificate]
    forgotten: bool


class PublicationRead(Read):
    """What a publication now would do: ``certified`` of ``total`` people get a certificate, ``uncertified`` are the others, and
    ``forgotten`` of them would be refused without ``leave_uncertified``. ``early`` says that the session goes on, null that it
    is over."""

    id: UUID
    status: ScoreSheetStatus
    total: int
    certified: int
    early: str | None
    forgotten: int
    uncertified: list[UncertifiedPerson]


class ScoreImportReport(BaseModel):
    """``ready`` rows have nothing wrong, ``blank`` ones nothing in them; ``applied`` says whether the ready ones were taken."""

    total: int
    ready: int
    blank: int
    errors: list[ImportProblem]
    notes: list[str] = Field(default=[], description="上传者应当知道的情况，如隐藏的行")
    applied: bool


class ResultListItem(Read):
    """CERT-02; ``viewable`` once the scores are out (CERT-03), else the reason."""

    class_session_id: UUID
    plan_id: UUID
    type_code: str
    type_label: str
    name: str
    specialties: str
    session_no: int
    start_date: date
    end_date: date
    viewable: bool
    reason: str | None


class PersonResult(Read):
    """CERT-04: one row per person and 考核组 (X30); several passed ones share number and certificate (CERT-06).
    ``certificate_withheld`` says why a person who passed has none."""

    registration_id: UUID
    name: str
    sex: str
    title: Annotated[str, CodeOf("professional_titles")]
    specialty_code: str
    specialty_label: str
    specialties: list[str]
    score: float | None
    passed: bool | None
    conclusion: str
    corrected_at: datetime | None
    certificate_number: str | None
    certificate_id: UUID | None
    certificate_withheld: str | None


class SessionResults(ResultListItem):
    results: list[PersonResult]


Issued = tuple[UUID, str] | None
"""Id and number of a certificate, where there is one."""


def result_row(
    row: Result,
    labels: Mapping[str, str],
    certificate: Issued,
    withheld: str | None,
    masked_id: str | None,
) -> ResultRow:
    return ResultRow.of(
        row,
        **_beside(row, labels, certificate, withheld),
        result_id=row.id,
        registration_no=short_number(row.registration_id),
        masked_id=masked_id,
        unit_name=row.registration.unit_name,
    )


def person_result(row: Result, labels: Mapping[str, str], certificate: Issued, withheld: str | None) -> PersonResult:
    return PersonResult.of(
        row,
        **_beside(row, labels, certificate, withheld),
        title=row.registration.staff.title,
        certificate_id=certificate[0] if certificate else None,
    )


def _beside(row: Result, labels: Mapping[str, str], certificate: Issued, withheld: str | None) -> Mapping[str, object]:
    staff = row.registration.staff
    return {
        "name": staff.name,
        "sex": staff.sex,
        "specialty_label": joined(row, labels),
        "specialties": codes_of(row),
        "conclusion": conclusion(row.passed),
        "certificate_number": certificate[1] if certificate else None,
        "certificate_withheld": withheld,
    }
