"""What the clock is reckoned from and what comes of it, for one unit or for a thousand at once, and the nightly run's own row."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock.facts import LastDeclared, Told, UnitFacts
from services.declaration.clock.models import ClockRun, DeclarantAccount, DueDate, ToldHappening, UnitClock
from services.declaration.clock.workflow import Happening
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import is_declarant
from services.declaration.form.choices import ChangeReason, DeclarationKind
from shared.db.directory import keep_latest
from shared.identifiers import new_id

_KEY = ("employer_id", "cause")
_UNIT_BASICS = (Employer.name, Employer.region_code, Employer.address, Employer.legal_representative)
_DECLARED_BASICS = (
    Declaration.employer_name,
    Declaration.region_code,
    Declaration.address,
    Declaration.legal_representative,
)


class KeptDue(NamedTuple):
    """A row of what is due, as far as it is reckoned."""

    employer_id: UUID
    cause: str
    kind: DeclarationKind
    change_reason: ChangeReason | None
    reason: str
    since: date | None
    opens_on: date | None
    last_day: date | None
    region_code: str


async def units_after(session: AsyncSession, after: UUID | None, limit: int) -> Sequence[UUID]:
    """The next employers by id."""
    statement = select(Employer.id).order_by(Employer.id).limit(limit)
    if after is not None:
        statement = statement.where(Employer.id > after)
    return (await session.scalars(statement)).all()


async def lock_clocks(session: AsyncSession, ids: Collection[UUID], *, wait: bool) -> list[UUID]:
    """Those of these units whose clock is now the caller's until the transaction ends; without ``wait`` those that another is reckoning at
    this moment are passed over, because that one sees what this one would."""
    if not ids:
        return []
    new = insert(UnitClock).on_conflict_do_nothing()
    await session.execute(new, [{"employer_id": employer_id} for employer_id in sorted(ids)])
    held = select(UnitClock.employer_id).where(UnitClock.employer_id.in_(ids)).order_by(UnitClock.employer_id)
    return list(await session.scalars(held.with_for_update(skip_locked=not wait)))


async def units(session: AsyncSession, ids: Collection[UUID]) -> list[UnitFacts]:
    rows = await session.execute(
        select(
            Employer.id, Employer.active, is_declarant().label("declares"), Employer.basics_changed_at, *_UNIT_BASICS
        ).where(Employer.id.in_(ids))
    )
    return [
        UnitFacts(row[0], row.region_code, row.active, row.declares, (row[4], row[5], row[6], row[7]), row[3])
        for row in rows
    ]


async def last_declared(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, LastDeclared]:
    """By unit, the newest 申报日期 of what is 已审核."""
    rows = await session.execute(
        select(Declaration.employer_id, Declaration.declared_on, Declaration.kind, *_DECLARED_BASICS)
        .where(Declaration.employer_id.in_(ids), Declaration.status.in_(DeclarationStatus.is_settled))
        .ext(distinct_on(Declaration.employer_id))
        .order_by(Declaration.employer_id, Declaration.declared_on.desc(), Declaration.id.desc())
    )
    return {row[0]: LastDeclared(row.declared_on, row.kind, (row[3], row[4], row[5], row[6])) for row in rows}


async def told_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[Told]]:
    """By unit, what it has told of itself."""
    rows = await session.execute(
        select(ToldHappening.employer_id, ToldHappening.what, ToldHappening.happened_on, ToldHappening.told_on).where(
            ToldHappening.employer_id.in_(ids)
        )
    )
    found: dict[UUID, list[Told]] = {}
    for employer_id, what, happened_on, told_on in rows:
        found.setdefault(employer_id, []).append(Told(what, happened_on, told_on))
    return found


async def due_rows(session: AsyncSession, ids: Collection[UUID]) -> dict[tuple[UUID, str], KeptDue]:
    """What is kept of these units, by unit and cause."""
    columns = [getattr(DueDate, name) for name in KeptDue._fields]
    rows = await session.execute(select(*columns).where(DueDate.employer_id.in_(ids)))
    return {(row[0], row[1]): KeptDue(*row) for row in rows}


async def write_due(session: AsyncSession, kept: Sequence[KeptDue], gone: Collection[tuple[UUID, str]]) -> None:
    """Keeps these rows, by unit and cause, and takes those away."""
    for employer_id, cause in gone:
        await session.execute(delete(DueDate).where(DueDate.employer_id == employer_id, DueDate.cause == cause))
    if kept:
        statement = insert(DueDate)
        news = {name: statement.excluded[name] for name in KeptDue._fields if name not in _KEY}
        upsert = statement.on_conflict_do_update(index_elements=_KEY, set_={**news, "updated_at": func.now()})
        await session.execute(upsert, [{"id": new_id(), **each._asdict()} for each in kept])


async def tell(session: AsyncSession, employer_id: UUID, what: Happening, happened_on: date, today: date) -> None:
    """Keeps what the unit has told, in place of what it told of that before."""
    values = {"happened_on": happened_on, "told_on": today}
    row = insert(ToldHappening).values(employer_id=employer_id, what=what, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["employer_id", "what"], set_=values))


async def untell(session: AsyncSession, employer_id: UUID, what: Happening) -> bool:
    """Takes it back; False when it has not been told."""
    mine = delete(ToldHappening).where(ToldHappening.employer_id == employer_id, ToldHappening.what == what)
    return await session.scalar(mine.returning(ToldHappening.what)) is not None


async def keep_account(session: AsyncSession, **values: object) -> None:
    """Inserts or replaces the row, unless it already shows later news (``changed_at``)."""
    await keep_latest(session, DeclarantAccount, **values)


async def add_run(session: AsyncSession, day: date) -> None:
    """The run of that day, unless it is there already."""
    await session.execute(insert(ClockRun).values(id=new_id(), day=day).on_conflict_do_nothing(index_elements=["day"]))


async def advance(
    session: AsyncSession, run: ClockRun, *, kept_to: UUID | None, corrected: int, reminded: int, lease_seconds: float
) -> bool:
    """Notes how far the run has come and holds it for longer; False when another worker has it by now."""
    lease = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, lease_seconds)
    written = await session.scalar(
        update(ClockRun)
        .where(ClockRun.id == run.id, ClockRun.attempts == run.attempts, ClockRun.done_at.is_(None))
        .values(
            kept_to=kept_to,
            corrected=ClockRun.corrected + corrected,
            reminded=ClockRun.reminded + reminded,
            leased_until=lease,
        )
        .returning(ClockRun.id)
        .execution_options(synchronize_session=False)
    )
    return written is not None


async def last_run(session: AsyncSession) -> ClockRun | None:
    """The newest run that has come to its end."""
    ended = select(ClockRun).where(ClockRun.done_at.is_not(None)).order_by(ClockRun.day.desc()).limit(1)
    found: ClockRun | None = await session.scalar(ended)
    return found
