"""成绩登记表 as PDF (STAFF-08): a published sheet goes out as an event, whole for the province or with a unit's own people for the unit;
the PDF comes from the certificates service. The number of a printed state is its place in the history of that document.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.plans.models import Plan
from services.training.results.rosters.repository import times_remembered
from services.training.results.scores import certificate_repository, repository, row_repository, unit_repository
from services.training.results.scores.groups import joined
from services.training.results.scores.marks import conclusion
from services.training.results.scores.models import Result
from services.training.results.scores.results import NOT_OUT
from services.training.results.scores.withheld import why_withheld
from services.training.results.scores.workflow import may_print
from shared.clock import beijing_today
from shared.crypto import Sealed
from shared.db.history import RecordType
from shared.db.types import field_cipher
from shared.errors import Conflict
from shared.events.log import record as record_event
from shared.events.training import ScoreSheetPrepared
from shared.identity import Actor
from shared.reference.tables import label
from shared.web.documents import FormNotPrepared, PreparedKind
from shared.workflow.apply import ActionRefused
from shared.workflow.definition import Refusal

SCORE_SHEET_PAGE = PreparedKind("score_sheet", "成绩登记表")
RECORD = RecordType("score_sheet_page")
# So many rows are printed within the time that a document may take.
MOST_ROWS = 600
# What stands in the place of a number.
NO_CERTIFICATE, WITHHELD, NOT_YET = "—", "不发证", "待发证"


class ScoreSheetTooLong(Conflict):
    code = "score_sheet_too_long"


class PrintedMark(BaseModel):
    name: str
    sex: str
    unit_name: str
    title: str
    specialties: str
    score: str
    passed: bool
    conclusion: str
    corrected: bool
    certificate_number: str


class PrintedScores(BaseModel):
    """The content of ``ScoreSheetPrepared``: no resident id and no phone (PLAT-05). ``unit_name`` is empty on the whole sheet; ``people``
    counts persons, who have a row for each 考核组 (X30)."""

    number: str = ""
    title: str = "培训成绩登记表"
    blank: bool = False
    plan_type: str
    plan_name: str
    session: str
    start_date: date
    end_date: date
    hours: str
    pass_mark: str
    unit_name: str = ""
    published_on: date
    people: int
    marks: list[PrintedMark]


@dataclass(frozen=True)
class Published:
    """A class session whose scores are out, and whose part of them is meant: a unit's, or all without one."""

    class_session: ClassSession
    plan: Plan
    published_at: datetime
    unit_id: UUID | None

    @property
    def source_id(self) -> UUID:
        """What the document is known by: each unit's has an id that no other's session and unit give."""
        return source_of(self.class_session.id, self.unit_id)

    @property
    def file_name(self) -> str:
        """Named after plan and 期次, as people look for it."""
        return f"{self.plan.name}第{self.class_session.session_no}期{SCORE_SHEET_PAGE.name}.pdf"


def source_of(class_session_id: UUID, unit_id: UUID | None) -> UUID:
    """The one place that decides under which id a session's sheet, or a unit's part of it, is prepared and fetched (PLAT-06)."""
    return class_session_id if unit_id is None else uuid5(class_session_id, str(unit_id))


async def whole_sheet(session: AsyncSession, *, actor: Actor, sheet_id: UUID) -> Published:
    """The province's sheet of a session, locked. Raises ``NotFound``, and ``ActionRefused`` before publication."""
    sheet = await repository.lock_sheet(session, actor, sheet_id)
    if refusal := may_print(sheet):
        raise ActionRefused(refusal)
    assert sheet.published_at is not None
    plan = await repository.require_plan_of(session, sheet.class_session_id)
    return Published(sheet.class_session, plan, sheet.published_at, None)


async def own_sheet(session: AsyncSession, *, actor: Actor, class_session_id: UUID) -> Published:
    """The unit's part of a session's sheet. Raises ``NotFound`` where none of its people sits, and ``ActionRefused`` before
    publication."""
    row, plan, published_at = await unit_repository.require_session(session, actor, class_session_id)
    if published_at is None:
        raise ActionRefused(Refusal("not_published", NOT_OUT))
    return Published(row, plan, published_at, actor.organisation_id)


async def prepare_scores(session: AsyncSession, *, actor: Actor, sheet: Published) -> int:
    """A new printed state of the scores as they are now; gives its number. Raises ``ScoreSheetTooLong``, and ``ActionRefused`` where
    there is no row to print."""
    await repository.lock_published(session, sheet.class_session.id)
    content = await _printed(session, sheet)
    after = {"rows": len(content.marks), "unit_id": str(sheet.unit_id) if sheet.unit_id else None}
    RECORD.note(session, sheet.source_id, "prepare", actor=actor, after=after)
    await session.flush()
    revision = await times_remembered(session, RECORD, sheet.source_id)
    sealed = Sealed.seal(field_cipher(), content.model_dump_json())
    values = {"kind": SCORE_SHEET_PAGE.code, "source_id": sheet.source_id, "revision": revision}
    record_event(session, ScoreSheetPrepared(**values, content=sealed))
    return revision


async def prepared_revision(session: AsyncSession, sheet: Published) -> int:
    """The number of the newest printed state. Raises ``FormNotPrepared``."""
    revision = await times_remembered(session, RECORD, sheet.source_id)
    if not revision:
        raise FormNotPrepared(SCORE_SHEET_PAGE)
    return revision


async def _printed(session: AsyncSession, sheet: Published) -> PrintedScores:
    row, plan = sheet.class_session, sheet.plan
    results = await row_repository.results_of(session, row.id, unit_id=sheet.unit_id)
    if not results:
        raise ActionRefused(Refusal("no_results", "本期没有本单位人员的成绩，无需打印"))
    if len(results) > MOST_ROWS:
        raise ScoreSheetTooLong(f"本期共 {len(results)} 条成绩，超出可打印的 {MOST_ROWS} 行，请下载成绩表（xlsx）打印")
    people = {each.registration_id for each in results}
    certificates = await certificate_repository.certificates_of(session, row.id, people)
    withheld = await why_withheld(session, row.id, results, certificates)
    numbers = dict.fromkeys(withheld, WITHHELD) | {each: number for each, (_, number) in certificates.items()}
    labels = await row_repository.labels(session)
    return PrintedScores(
        plan_type=plan.type.label,
        plan_name=plan.name,
        session=f"第{row.session_no}期（{row.training_kind.label}）",
        start_date=row.start_date,
        end_date=row.end_date,
        hours=str(plan.hours),
        pass_mark=_plain(plan.pass_mark),
        unit_name=results[0].registration.unit_name if sheet.unit_id else "",
        published_on=beijing_today(sheet.published_at),
        people=len(people),
        marks=[_mark(each, labels, numbers) for each in results],
    )


def _mark(row: Result, labels: Mapping[str, str], numbers: Mapping[UUID, str]) -> PrintedMark:
    staff, passed = row.registration.staff, bool(row.passed)
    return PrintedMark(
        name=staff.name,
        sex=staff.sex,
        unit_name=row.registration.unit_name,
        title=label("professional_titles", staff.title),
        specialties=joined(row, labels),
        score="" if row.score is None else _plain(row.score),
        passed=passed,
        conclusion=conclusion(passed),
        corrected=row.corrected_at is not None,
        certificate_number=numbers.get(row.registration_id, NOT_YET) if passed else NO_CERTIFICATE,
    )


def _plain(number: Decimal) -> str:
    """``60``, not ``60.0``."""
    return format(number.normalize(), "f")
