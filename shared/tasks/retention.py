"""What goes when its time is over, as a table of rules, and how much of it went, as rows: taken away in many short transactions, each with
its figure, so that nobody waits for a sweep and nobody has to guess what it did (PLAT-11, PLAT-19).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from shared.clock import now_utc
from shared.db.base import KitBase
from shared.db.session import Database
from shared.identifiers import first_of
from shared.logging import get_logger
from shared.services import Service

# Some hundred milliseconds of work.
BATCH = 1000
GONE = Gauge(
    "retention_gone_rows", "Rows that went because their time was over, since the beginning", ["service", "what"]
)
# In one migration of every service; never edited, a change is a V2 in a migration of its own.
RETENTIONS_DDL_V1 = """
CREATE TABLE retentions (
  what varchar NOT NULL CONSTRAINT pk_retentions PRIMARY KEY,
  gone bigint NOT NULL,
  ran_at timestamptz NOT NULL)"""
log = get_logger(__name__)
Batch = Callable[[AsyncSession, timedelta], Awaitable[int]]


class Retention(KitBase):
    """How many of one rule's rows went so far, and when some did last."""

    __tablename__ = "retentions"

    what: Mapped[str] = mapped_column(primary_key=True)
    gone: Mapped[int]
    ran_at: Mapped[datetime]


@dataclass(frozen=True)
class Retained:
    """``what`` (``label`` in Chinese) goes after ``days`` days, the value of ``setting``, because of ``source``; never where that is 0."""

    what: str
    label: str
    setting: str
    days: Callable[[], int]
    source: str


@dataclass(frozen=True)
class Rule(Retained):
    """``batch`` takes away at most ``BATCH`` rows that are older than it is told, and says how many those were."""

    batch: Batch


async def forget(session: AsyncSession, key: InstrumentedAttribute[UUID], old: Select[UUID], age: timedelta) -> int:
    """Takes away at most ``BATCH`` of the rows that ``old`` selects by their ``key``, and that were made longer ago than ``age``; how many.
    Keys are in the order of time, so that only the old ones are looked at."""
    due = old.where(key < first_of(now_utc() - age)).order_by(key).limit(BATCH)
    table: Any = key.class_
    gone = delete(table).where(key.in_(due)).returning(key)
    return len((await session.scalars(gone)).all())


async def keep_rules(database: Database, service: Service, rules: Sequence[Rule]) -> dict[str, int]:
    """Takes away all that is due, rule by rule in their order, so that what refers to others comes first; how many of each went. A rule of
    0 days takes nothing. Can be ended at any moment and begun again."""
    return {rule.what: await take_away(database, service, rule) for rule in rules if rule.days()}


async def take_away(database: Database, service: Service, rule: Rule) -> int:
    """All that is due of one rule; how many went."""
    age, whole = timedelta(days=rule.days()), 0
    while True:
        async with database.unit_of_work() as session:
            gone = await rule.batch(session, age)
            await note_gone(session, rule.what, gone)
        whole += gone
        if gone < BATCH:
            break
    if whole:
        log.info("retention", service=service, what=rule.what, gone=whole, days=rule.days())
    return whole


async def note_gone(session: AsyncSession, what: str, gone: int) -> None:
    """Adds to the figure of a rule, in the transaction in which that went."""
    if not gone:
        return
    row = insert(Retention).values(what=what, gone=gone, ran_at=func.now())
    more = {"gone": Retention.gone + gone, "ran_at": func.now()}
    await session.execute(row.on_conflict_do_update(index_elements=[Retention.what], set_=more))


async def list_retentions(session: AsyncSession) -> Sequence[Retention]:
    """What went so far, by rule."""
    return (await session.scalars(select(Retention).order_by(Retention.what))).all()


async def show_retentions(session: AsyncSession, service: Service) -> None:
    """Sets the gauge of each rule of which something went."""
    for row in await list_retentions(session):
        GONE.labels(service, row.what).set(row.gone)
