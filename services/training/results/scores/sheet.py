"""Scores as xlsx (STAFF-08): the sheet of a session, filled with its people, and what comes back of it, row by row."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel.form import LABELS
from services.training.people.personnel.import_schemas import ImportProblem
from services.training.people.personnel.importing import ImportMode
from services.training.results.scores import repository, row_repository, service
from services.training.results.scores.groups import joined
from services.training.results.scores.marks import Mark, conclusion, decide, parse_conclusion, parse_score
from services.training.results.scores.models import Result, ScoreSheet
from services.training.results.scores.schemas import ScoreImportReport, short_number
from services.training.results.scores.versions import CHANGED, changed_since
from shared.identifiers import bare
from shared.identity import Actor
from shared.reference.pinyin import same_name
from shared.sheets import Column, RowError, SheetRow, SheetRows, read_sheet, write_sheet
from shared.uploads import SHEETS, kind_of_upload
from shared.workflow.definition import Refusal

NUMBER = Column("number", "报名编号", required=True)
NAME = Column("name", LABELS["name"], required=True)
UNIT = Column("unit", "单位", width=32)
SPECIALTY = Column("specialty", "专业类别", required=True, width=32)
SCORE = Column("score", "成绩", width=10)
CONCLUSION = Column("conclusion", "结论", width=10)
# By which a row is known that somebody else has changed since the sheet was downloaded (PLAT-03).
VERSION = Column("version", "版本（勿改）", width=10)
COLUMNS = (NUMBER, NAME, UNIT, SPECIALTY, SCORE, CONCLUSION, VERSION)


@dataclass(frozen=True)
class Marks:
    """``good`` maps result ids to what their rows say, ``rows`` to the rows themselves; ``blank`` rows say nothing."""

    total: int
    blank: int
    good: dict[UUID, Mark]
    rows: dict[UUID, SheetRow]
    errors: tuple[RowError, ...]


async def write_template(session: AsyncSession, *, actor: Actor, sheet_id: UUID) -> tuple[str, bytes]:
    """(file name, xlsx) of a session with one row per person and 考核组, scores entered so far included."""
    sheet = await service.open_sheet(session, actor, sheet_id)
    plan = await repository.require_plan_of(session, sheet.class_session_id)
    labels = await row_repository.labels(session)
    rows = [
        {
            NUMBER.key: short_number(row.registration_id),
            NAME.key: row.registration.staff.name,
            UNIT.key: row.registration.unit_name,
            SPECIALTY.key: joined(row, labels),
            SCORE.key: row.score,
            CONCLUSION.key: conclusion(row.passed),
            VERSION.key: str(sheet.version),
        }
        for row in await row_repository.results_of(session, sheet.id)
    ]
    title = f"{plan.name}第{sheet.class_session.session_no}期成绩"
    return f"{title}.xlsx", await asyncio.to_thread(write_sheet, title, COLUMNS, rows)


async def read_filled(data: bytes, name: str) -> SheetRows:
    """A filled sheet. Raises what ``kind_of_upload`` and ``read_sheet`` raise for a file that is none."""
    kind_of_upload(data, name=name, kinds=SHEETS)
    return await read_sheet(data, COLUMNS)


async def import_scores(
    session: AsyncSession, *, actor: Actor, sheet_id: UUID, filled: SheetRows, mode: ImportMode
) -> ScoreImportReport:
    """By ``mode``, takes all of a filled sheet or nothing, its good rows, or nothing yet. Bad rows are told, not raised; so is one that
    would write over what somebody else entered after the sheet was downloaded. Raises ``ResultsPublished``."""
    opened = await service.open_sheet(session, actor, sheet_id)
    service.refuse_when_published(opened)
    plan = await repository.require_plan_of(session, opened.class_session_id)
    results, labels = await row_repository.results_of(session, opened.id), await row_repository.labels(session)
    marks = match_rows(filled, results, labels, plan.pass_mark)
    marks = await _without_overtaken(session, opened, filled, marks)
    applied = bool(marks.good) and (mode is ImportMode.GOOD_ROWS or (mode is ImportMode.ALL and not marks.errors))
    if applied:
        await service.write_marks(session, actor, opened, marks.good)
    return ScoreImportReport(
        total=marks.total,
        ready=len(marks.good),
        blank=marks.blank,
        errors=[ImportProblem(**vars(error)) for error in marks.errors],
        notes=list(filled.notes()),
        applied=applied,
    )


async def _without_overtaken(session: AsyncSession, sheet: ScoreSheet, filled: SheetRows, marks: Marks) -> Marks:
    seen = {each: _version_of(row) for each, row in marks.rows.items()}
    changed = await changed_since(session, sheet, marks.good, seen)
    told = [filled.error(marks.rows[each], SCORE, change.words(), CHANGED) for each, change in changed.items()]
    good = {each: mark for each, mark in marks.good.items() if each not in changed}
    return replace(marks, good=good, errors=tuple(sorted((*marks.errors, *told), key=lambda error: error.row)))


def _version_of(row: SheetRow) -> int:
    """A row that does not say it has seen nothing."""
    text = row.values.get(VERSION.key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def match_rows(filled: SheetRows, results: list[Result], labels: Mapping[str, str], pass_mark: Decimal) -> Marks:
    """Finds each row's result by 报名编号 and 专业类别; the name must agree, so that a shifted column is noticed."""
    known = {(short_number(row.registration_id), joined(row, labels)): row for row in results}
    errors = list(filled.errors)
    bad = {error.row for error in errors}
    good: dict[UUID, Mark] = {}
    rows: dict[UUID, SheetRow] = {}
    blank = 0
    for row in filled.rows:
        if row.number in bad:
            continue
        result = known.get((bare(row.values[NUMBER.key]).upper(), row.values[SPECIALTY.key]))
        mark = _mark(row, result, good, pass_mark)
        if isinstance(mark, Mark) and result is not None:
            good[result.id], rows[result.id] = mark, row
        elif isinstance(mark, tuple):
            errors.append(filled.error(row, mark[0], mark[1].reason, mark[1].code))
        else:
            blank += 1
    return Marks(len(filled.rows), blank, good, rows, tuple(sorted(errors, key=lambda error: error.row)))


def _mark(
    row: SheetRow, result: Result | None, good: dict[UUID, Mark], pass_mark: Decimal
) -> Mark | tuple[Column, Refusal] | None:
    """What the row says; None when it says nothing; or the column that is wrong, and why."""
    if result is None:
        return NUMBER, Refusal("row_unknown", "本期没有该报名编号和专业类别的人员，请使用最新下载的成绩表")
    if not same_name(row.values[NAME.key], result.registration.staff.name):
        return NAME, Refusal("name_differs", f"该报名编号的姓名是“{result.registration.staff.name}”")
    if result.id in good:
        return NUMBER, Refusal("row_doubled", "该人员的此专业类别在表中出现了两次")
    score = parse_score(row.values[SCORE.key])
    if isinstance(score, Refusal):
        return SCORE, score
    passed = parse_conclusion(row.values[CONCLUSION.key])
    if isinstance(passed, Refusal):
        return CONCLUSION, passed
    if score is None and passed is None:
        return None
    mark = decide(score, passed, pass_mark)
    return (CONCLUSION, mark) if isinstance(mark, Refusal) else mark
