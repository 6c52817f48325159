"""Use cases of 成绩录入 (STAFF-08) up to the publication: a sheet is looked at and filled in, by page or by xlsx. How it goes out is in
``publication``, what a correction does in ``corrections``.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel.namesakes import masked_ids
from services.training.results.scores import certificate_repository, repository, row_repository
from services.training.results.scores.marks import Mark, read_mark
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.schemas import EnteredRead, ResultEntry, ResultRow, SheetRead, result_row
from services.training.results.scores.versions import VERSION, MarksChanged, changed_since, stamp
from services.training.results.scores.withheld import why_withheld
from services.training.results.scores.workflow import SCORE_SHEET, ScoreSheetAction, ends_later, may_correct, may_print
from shared.clock import now_utc
from shared.errors import Conflict, FieldError, InvalidInput
from shared.identity import SYSTEM, Actor
from shared.workflow.buttons import AllowedAction, allowed_actions, button
from shared.workflow.definition import Refusal


class ResultsPublished(Conflict):
    code = "results_published"
    detail = "本期成绩已发布，不能再修改；如成绩有误请使用成绩更正"


async def open_sheet(session: AsyncSession, actor: Actor, sheet_id: UUID) -> ScoreSheet:
    """The session's sheet, locked, its rows as the placements are; a published one as it was published. Raises ``NotFound``."""
    sheet = await repository.lock_sheet(session, actor, sheet_id)
    if sheet.status is SCORE_SHEET.initial:
        await follow(session, sheet)
    return sheet


async def follow(session: AsyncSession, sheet: ScoreSheet) -> None:
    """The rows as the placements are; a mark that goes with its row is remembered (PLAT-04)."""
    if lost := await row_repository.follow_placements(session, sheet):
        SCORE_SHEET.note(
            session, sheet.id, "drop", actor=SYSTEM, before={str(each): list(mark) for each, mark in lost.items()}
        )


async def read_sheet(session: AsyncSession, *, actor: Actor, sheet_id: UUID) -> SheetRead:
    """The grid of one session."""
    return await grid(session, actor, await open_sheet(session, actor, sheet_id))


def _of_the_table(sheet: ScoreSheet, actor: Actor, now: datetime) -> list[AllowedAction]:
    """Whoever publishes before the session's last day says why."""
    early = ends_later(sheet, now) is not None
    return [
        each.model_copy(update={"needs_reason": early}) if each.action == ScoreSheetAction.PUBLISH else each
        for each in allowed_actions(SCORE_SHEET, sheet, actor, now)
    ]


async def grid(session: AsyncSession, actor: Actor, sheet: ScoreSheet) -> SheetRead:
    """What is shown of a sheet that the caller has loaded: a row per person and 考核组, with the certificate or why there is none."""
    await session.flush()
    plan = await repository.require_plan_of(session, sheet.class_session_id)
    return SheetRead.of(
        sheet,
        plan_id=plan.id,
        plan_name=plan.name,
        session_no=sheet.class_session.session_no,
        pass_mark=plan.pass_mark,
        results=await _rows(session, sheet, await row_repository.results_of(session, sheet.id, whole=False)),
        allowed_actions=_actions(sheet, actor),
        row_actions=_of_rows(sheet),
    )


def _of_rows(sheet: ScoreSheet) -> list[AllowedAction]:
    """What may be done with each of its rows (STAFF-09)."""
    return [button("correct", "成绩更正", may_correct(sheet), needs_reason=True)]


def _actions(sheet: ScoreSheet, actor: Actor) -> list[AllowedAction]:
    # What changes no status stands beside the table's own (STAFF-08).
    printing = button("print", "打印成绩登记表", may_print(sheet))
    return [*_of_the_table(sheet, actor, now_utc()), printing]


async def _rows(session: AsyncSession, sheet: ScoreSheet, results: Sequence[Result]) -> list[ResultRow]:
    labels = await row_repository.labels(session)
    people = {row.registration_id for row in results}
    ids = masked_ids((row.registration_id, row.registration.staff) for row in results)
    certificates = await certificate_repository.certificates_of(session, sheet.class_session_id, people)
    withheld = await why_withheld(session, sheet.class_session_id, results, certificates)
    return [
        result_row(
            row,
            labels,
            certificates.get(row.registration_id),
            withheld.get(row.registration_id),
            ids.get(row.registration_id),
        )
        for row in results
    ]


async def enter_results(
    session: AsyncSession, *, actor: Actor, sheet_id: UUID, expected: int, entries: Sequence[ResultEntry]
) -> EnteredRead:
    """Writes the given rows, all or none; gives back what is another now than in the version ``expected``. Raises ``ResultsPublished``,
    ``InvalidInput`` with one entry per bad row, and ``MarksChanged`` for rows that others changed after that version (PLAT-03)."""
    sheet = await open_sheet(session, actor, sheet_id)
    refuse_when_published(sheet)
    plan = await repository.require_plan_of(session, sheet.class_session_id)
    rows = {row.id: row for row in sheet.results}
    marks, errors = _marks(entries, rows, plan.pass_mark)
    if errors:
        raise InvalidInput(errors=errors)
    if changed := await changed_since(session, sheet, marks, dict.fromkeys(marks, expected)):
        raise MarksChanged(changed, {entry.result_id: f"{at}." for at, entry in enumerate(entries)})
    await write_marks(session, actor, sheet, marks)
    changed_rows = await row_repository.results_of(session, sheet.id, since=expected, whole=False)
    return EnteredRead.of(
        sheet,
        entered=sum(row.passed is not None for row in sheet.results),
        total=len(sheet.results),
        results=await _rows(session, sheet, changed_rows),
        allowed_actions=_actions(sheet, actor),
        row_actions=_of_rows(sheet),
    )


def _marks(
    entries: Sequence[ResultEntry], rows: dict[UUID, Result], pass_mark: Decimal
) -> tuple[dict[UUID, Mark], list[FieldError]]:
    marks: dict[UUID, Mark] = {}
    errors = []
    for at, entry in enumerate(entries):
        mark = read_mark(entry.score, entry.passed, entry.conclusion, pass_mark)
        if entry.result_id not in rows:
            errors.append(FieldError(f"{at}.result_id", "not_on_this_sheet", "该行不在本期成绩表中，请刷新后再录入"))
        elif isinstance(mark, Refusal):
            place = "passed" if entry.conclusion is None else "conclusion"
            errors.append(FieldError(f"{at}.{place}", mark.code, mark.reason))
        else:
            marks[entry.result_id] = mark
    return marks, errors


def refuse_when_published(sheet: ScoreSheet) -> None:
    """Raises ``ResultsPublished``."""
    if sheet.status is not SCORE_SHEET.initial:
        raise ResultsPublished


async def write_marks(session: AsyncSession, actor: Actor, sheet: ScoreSheet, marks: dict[UUID, Mark]) -> None:
    """Writes marks to rows of a sheet that is locked and not published, with one row of history."""
    rows = [row for row in sheet.results if marks.get(row.id) not in {None, Mark(row.score, row.passed)}]
    if not rows:
        return
    before = {str(row.id): shown(Mark(row.score, row.passed)) for row in rows}
    after = {str(row.id): shown(marks[row.id]) for row in rows}
    for row in rows:
        row.score, row.passed = marks[row.id].score, marks[row.id].passed
    kept = {**after, VERSION: stamp(sheet, rows)}
    SCORE_SHEET.note(session, sheet.id, "update", actor=actor, before=before, after=kept)
    await session.flush()


def shown(mark: Mark) -> list[str | bool | None]:
    """A mark as a history row holds it."""
    return [None if mark.score is None else str(mark.score), mark.passed]
