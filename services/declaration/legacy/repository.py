"""Every query about imports of the old system's lists: an import by whose province it is, a row by its county too (PLAT-06)."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    column,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.models import Declaration
from services.declaration.employers.models import Employer
from services.declaration.jobs.models import Job
from services.declaration.legacy.filters import LegacyRowFilter
from services.declaration.legacy.judging import Earlier, KnownUnit, Twin
from services.declaration.legacy.models import LegacyImport, LegacyRow
from services.declaration.legacy.workflow import LegacyOutcome
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.reference.pinyin import like_pattern
from shared.roles import Permission

_O = LegacyOutcome
_CODE_LENGTH = 18
_AS_THEY_ARE = {"id", "employer_id", "declaration_id", "replaced_by", "problems"}


class ShownRow(NamedTuple):
    """A row of the list with its file."""

    row: LegacyRow
    file_name: str
    places: dict[str, Any]


def kept_by(actor: Actor) -> ColumnElement[bool]:
    """The administrators of a province see its imports."""
    if actor.may(Permission.ADMINISTRATION) and actor.region_prefix:
        return LegacyImport.region_prefix == actor.region_prefix
    return false()


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The administrator sees every row of the province's files, an office those of its own region that have been judged."""
    if actor.may(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT) and actor.region_prefix:
        mine = LegacyRow.region_code.startswith(actor.region_prefix, autoescape=True)
        return or_(kept_by(actor), and_(mine, LegacyRow.outcome != _O.STAGED))
    return kept_by(actor)


async def list_imports(session: AsyncSession, actor: Actor, page: PageRequest) -> Rows[LegacyImport]:
    """The newest first."""
    statement = select(LegacyImport).where(kept_by(actor))
    return await fetch_page(session, statement, columns={"id": LegacyImport.id}, default_sort="-id", page=page)


async def require_import(session: AsyncSession, actor: Actor, import_id: UUID, *, lock: bool = False) -> LegacyImport:
    """Raises ``NotFound``, also for another province's."""
    statement = select(LegacyImport).where(LegacyImport.id == import_id, kept_by(actor))
    if lock:
        statement = statement.with_for_update()
    found = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


async def get_import(session: AsyncSession, import_id: UUID) -> LegacyImport | None:
    """For its jobs."""
    return await session.get(LegacyImport, import_id, populate_existing=True)


async def jobs_of(session: AsyncSession, imports: Collection[LegacyImport]) -> dict[UUID, Job]:
    """By id, the last job of each."""
    ids = [each.job_id for each in imports if each.job_id]
    return {job.id: job for job in await session.scalars(select(Job).where(Job.id.in_(ids)))} if ids else {}


async def counts(session: AsyncSession, import_id: UUID) -> dict[LegacyOutcome, int]:
    """How many rows came to what."""
    grouped = select(LegacyRow.outcome, func.count()).where(LegacyRow.import_id == import_id)
    return dict((await session.execute(grouped.group_by(LegacyRow.outcome))).all())


async def names_with(session: AsyncSession, import_id: UUID, outcome: LegacyOutcome, limit: int) -> Sequence[str]:
    """The first units that came to this."""
    named = select(LegacyRow.name).where(LegacyRow.import_id == import_id, LegacyRow.outcome == outcome)
    return (await session.scalars(named.order_by(LegacyRow.line).limit(limit))).all()


async def list_rows(session: AsyncSession, actor: Actor, wanted: LegacyRowFilter, page: PageRequest) -> Rows[ShownRow]:
    """One page of what ``actor`` may see, in the order of the file, the newest file first."""
    conditions = [visible_to(actor)]
    if wanted.import_id:
        conditions.append(LegacyRow.import_id == wanted.import_id)
    if wanted.comes is not None:
        comes = LegacyRow.outcome.in_([*_O.comes, *_O.came])
        conditions.append(comes if wanted.comes else ~comes)
    if wanted.outcome:
        conditions.append(LegacyRow.outcome.in_(wanted.outcome))
    if wanted.region_code:
        conditions.append(LegacyRow.region_code.startswith(wanted.region_code, autoescape=True))
    if text := wanted.unit_name.strip():
        by_name = LegacyRow.name.ilike(like_pattern(text))
        conditions.append(LegacyRow.credit_code == text.upper() if len(text) == _CODE_LENGTH else by_name)
    statement = (
        select(LegacyRow, LegacyImport.file_name, LegacyImport.places)
        .join(LegacyImport, LegacyImport.id == LegacyRow.import_id)
        .where(*conditions)
    )
    columns = {"id": LegacyRow.id, "line": LegacyRow.line, "import_id": LegacyRow.import_id}
    return await fetch_page(
        session, statement, columns=columns, default_sort="-import_id,line,id", page=page, row=ShownRow
    )


async def first_with(
    session: AsyncSession, import_id: UUID, outcomes: Collection[LegacyOutcome], limit: int, *, lock: bool = False
) -> Sequence[LegacyRow]:
    """The next rows that came to one of these, in the order of the file."""
    statement = (
        select(LegacyRow)
        .where(LegacyRow.import_id == import_id, LegacyRow.outcome.in_(outcomes))
        .order_by(LegacyRow.line)
        .limit(limit)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(statement)).all()


async def stage(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds rows as they were read."""
    if rows:
        await session.execute(insert(LegacyRow), list(rows))


async def forget_rows(session: AsyncSession, import_id: UUID) -> None:
    """Before a file is read anew."""
    await session.execute(delete(LegacyRow).where(LegacyRow.import_id == import_id))


async def judged(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes what became of rows, each with its ``id`` and the same other columns, in one statement."""
    if not rows:
        return
    table = LegacyRow.__table__.c
    columns = [column(name, table[name].type if name in _AS_THEY_ARE else String()) for name in rows[0]]
    sent = literal(json.loads(json.dumps(list(rows), default=str)), JSONB)
    given = func.jsonb_to_recordset(sent).table_valued(*columns, name="given").render_derived(with_types=True)
    news = {name: given.c[name] for name in rows[0] if name != "id"}
    written = update(LegacyRow).where(LegacyRow.id == given.c.id).values(news)
    await session.execute(written.execution_options(synchronize_session=False))


async def units_of(session: AsyncSession, codes: Collection[str]) -> dict[str, list[KnownUnit]]:
    """By credit code, the employers of the directory."""
    declared = exists().where(Declaration.employer_id == Employer.id)
    found = await session.execute(
        select(Employer.credit_code, Employer.id, Employer.name, Employer.region_code, Employer.active, declared).where(
            Employer.credit_code.in_(codes)
        )
    )
    units: dict[str, list[KnownUnit]] = {}
    for code, employer_id, name, region_code, active, has_declared in found:
        unit = KnownUnit(employer_id, name, region_code, active, has_declared)
        units.setdefault(code, []).append(unit)
    return units


async def twins_of(session: AsyncSession, import_id: UUID, codes: Collection[str]) -> dict[str, list[Twin]]:
    """By credit code, the rows of the file that have it."""
    found = await session.execute(
        select(LegacyRow.credit_code, LegacyRow.line, LegacyRow.name)
        .where(LegacyRow.import_id == import_id, LegacyRow.credit_code.in_(codes))
        .order_by(LegacyRow.line)
    )
    twins: dict[str, list[Twin]] = {}
    for code, line, name in found:
        twins.setdefault(code, []).append(Twin(line, name))
    return twins


async def earlier_of(
    session: AsyncSession, import_id: UUID, codes: Collection[str], *, lock: bool = False
) -> dict[str, list[Earlier]]:
    """By credit code, the rows of other imports that came over or wait."""
    statement = select(LegacyRow).where(
        LegacyRow.import_id != import_id, LegacyRow.credit_code.in_(codes), LegacyRow.outcome.in_(_O.came)
    )
    if lock:
        statement = statement.order_by(LegacyRow.id).with_for_update()
    found: dict[str, list[Earlier]] = {}
    for row in await session.scalars(statement):
        found.setdefault(row.credit_code, []).append(Earlier(row.id, row.name, row.outcome, row.cells, row.phone))
    return found


async def waiting_of(session: AsyncSession, credit_code: str) -> Sequence[LegacyRow]:
    """The rows that wait for the unit with this code to sign up, locked, the newest first."""
    statement = select(LegacyRow).where(LegacyRow.credit_code == credit_code, LegacyRow.outcome == _O.WAITING)
    return (await session.scalars(statement.order_by(LegacyRow.id.desc()).with_for_update())).all()


async def hold_codes(session: AsyncSession, codes: Collection[str]) -> None:
    """Until the transaction ends, nobody else takes over a row of these credit codes or looks for one that waits: a unit may sign up in
    the very moment in which its row begins to wait, and its rows are not there to be locked yet."""
    keys = select(func.hashtextextended(literal("legacy:") + column("code"), 0).label("key")).select_from(
        func.unnest(literal(sorted(codes), ARRAY(String))).alias("code")
    )
    ordered = keys.order_by("key").subquery()
    await session.execute(select(func.pg_advisory_xact_lock(ordered.c.key)))


async def lock_employers(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Employer]:
    """The rows of these units as they are now, locked in the order of their ids, as every request of a unit locks its own."""
    locked = select(Employer).where(Employer.id.in_(ids)).order_by(Employer.id).with_for_update()
    return {each.id: each for each in await session.scalars(locked.execution_options(populate_existing=True))}


async def locked_declarations(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Declaration]:
    """Those of these records that are still there, locked."""
    locked = select(Declaration).where(Declaration.id.in_(ids)).order_by(Declaration.id).with_for_update(of=Declaration)
    return {each.id: each for each in await session.scalars(locked.execution_options(populate_existing=True))}


async def replace(session: AsyncSession, replaced: Mapping[UUID, UUID]) -> None:
    """Rows of earlier imports by the row that stands in their place now."""
    rows = [{"id": old, "outcome": _O.REPLACED, "replaced_by": new} for old, new in replaced.items()]
    await judged(session, rows)


async def give_back(session: AsyncSession, ids: Collection[UUID]) -> None:
    """What these rows had replaced waits again."""
    back = update(LegacyRow).where(LegacyRow.replaced_by.in_(ids), LegacyRow.outcome == _O.REPLACED)
    await session.execute(
        back.values(outcome=_O.WAITING, replaced_by=None).execution_options(synchronize_session=False)
    )


async def files_before(session: AsyncSession, moment: Any, limit: int) -> Sequence[LegacyImport]:
    """Imports from before that moment whose file is still kept."""
    old = select(LegacyImport).where(LegacyImport.file_kept, LegacyImport.created_at < moment)
    return (await session.scalars(old.order_by(LegacyImport.id).limit(limit))).all()
