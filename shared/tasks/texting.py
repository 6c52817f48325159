"""Rows of work that are text messages: which provider has been asked to carry each, and which providers rest. The provider is written down
before it is asked, so that a row whose worker died, or whose provider gave no answer, is known: it is asked about before anybody sends it
again (BEY-12, PLAT-11).

That a provider rests stands in PostgreSQL, in each service's own database: several workers learn it from one another, a restart does not
forget it, and an emptied Redis changes nothing. It decides whom to ask first and never that nobody is asked: with a single provider the
pauses of each row are enough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar
from uuid import UUID

import httpx
from prometheus_client import Counter
from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared import traces
from shared.clock import now_utc
from shared.sms import (
    Asked,
    CannotAsk,
    ChannelDown,
    MessageRefused,
    NoAnswer,
    NotHere,
    Report,
    Route,
    Sms,
    Verdict,
)
from shared.tasks.work import Work

# After so many failures in a row a provider rests, each time twice as long.
FAILURES_BEFORE_REST = 3
ATTEMPTS = Counter("sms_attempts_total", "Attempts at text messages, by how they ended", ["provider", "result"])
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=10)
# A provider that lists all that it took shows a message within seconds; one that it does not show after this long it never got.
SURE_AFTER = timedelta(seconds=60)
NOBODY: Mapping[UUID, str] = MappingProxyType({})


class Texting(Work):
    """Columns of a row of work that is a text message. ``provider`` is who was asked at ``handed_at`` and has not said no; ``passed`` who
    has passed it on last."""

    provider: Mapped[str | None]
    handed_at: Mapped[datetime | None]
    passed: Mapped[str | None]


T = TypeVar("T", bound=Texting)


class Circuit:
    """Columns of a provider's state: failures in a row, and until when it rests."""

    provider: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    rests_until: Mapped[datetime | None]


class Result(StrEnum):
    """How an attempt ended. ``PASSED``: it was not taken, another may take it. ``OPEN``: nobody knows yet. ``UNCLEAR``: nobody will."""

    SENT = "sent"
    REFUSED = "refused"
    PASSED = "passed"
    OPEN = "open"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Ending:
    """``down`` means that the provider itself failed; ``report`` is what it said of a message that it had."""

    result: Result
    provider: str
    reference: str | None = None
    error: str | None = None
    down: bool = False
    report: Report | None = None


async def resting(session: AsyncSession, circuits: type[Circuit]) -> frozenset[str]:
    """The providers that rest now."""
    return frozenset(await session.scalars(select(circuits.provider).where(circuits.rests_until > func.now())))


async def note_health(session: AsyncSession, circuits: type[Circuit], endings: Iterable[Ending]) -> None:
    """What these attempts say of their providers: as many failures as there were, or none when one got through."""
    said = [ending for ending in endings if ending.provider and ending.result is not Result.UNCLEAR]
    for provider in sorted({ending.provider for ending in said}):
        failed = [ending.down for ending in said if ending.provider == provider]
        if all(failed):
            await _note_failures(session, circuits, provider, len(failed))
        else:
            healthy = update(circuits).where(circuits.provider == provider, circuits.failures > 0)
            await session.execute(healthy.values(failures=0, rests_until=None))


async def _note_failures(session: AsyncSession, circuits: type[Circuit], provider: str, number: int) -> None:
    failures = circuits.failures + number
    over = func.least(failures - FAILURES_BEFORE_REST, 10)
    rest = func.least(FIRST_REST * func.power(2, over), LONGEST_REST)
    rests = case((failures >= FAILURES_BEFORE_REST, func.now() + rest), else_=circuits.rests_until)
    begun = func.now() + FIRST_REST if number >= FAILURES_BEFORE_REST else None
    new = insert(circuits).values(provider=provider, failures=number, rests_until=begun)
    await session.execute(
        new.on_conflict_do_update(index_elements=[circuits.provider], set_={"failures": failures, "rests_until": rests})
    )


@dataclass(frozen=True)
class Handed(Generic[T]):
    """A claimed row with the provider that is to have it, None when nobody has words for its kind. ``since`` is when it was handed over
    before; None is the first time."""

    row: T
    provider: str | None
    since: datetime | None = None


async def hand_over(
    session: AsyncSession,
    circuits: type[Circuit],
    route: Route,
    rows: Mapping[T, str],
    *,
    avoid: Mapping[UUID, str] = NOBODY,
) -> list[Handed[T]]:
    """Writes down who is to carry each of these claimed rows, given with their kinds; who was asked before stays, and ``avoid`` names by
    row who is better passed over. Commit before sending."""
    rest = await resting(session, circuits) if len(route.providers) > 1 else frozenset()
    handed = [
        Handed(row, row.provider, row.handed_at)
        if row.provider
        else Handed(row, route.choose(row.id, kind, resting=rest, passed=row.passed or avoid.get(row.id)))
        for row, kind in rows.items()
    ]
    for provider in sorted({each.provider for each in handed if each.provider}):
        new = [each.row for each in handed if each.provider == provider and each.since is None]
        if new:
            model = type(new[0])
            given = update(model).where(model.id.in_([row.id for row in new]))
            written = given.values(provider=provider, handed_at=func.now())
            await session.execute(written.execution_options(synchronize_session=False))
    return handed


async def attempt(client: httpx.AsyncClient, route: Route, handed: Handed[T], sms: Sms) -> Ending:
    """One attempt at a message, with no session open: handed over, or asked about where it was handed over before."""
    with traces.follow(
        handed.row.traceparent, "send sms", kind=sms.kind, row=str(sms.id), provider=handed.provider or ""
    ):
        if handed.provider and handed.since:
            ending = await resume(client, route, handed.provider, sms, handed.since)
        else:
            ending = await carry(client, route, handed.provider, sms)
    ATTEMPTS.labels(ending.provider or "none", ending.result).inc()
    return ending


def next_try(route: Route, row: Texting, kind: str, ending: Ending, pause: float) -> tuple[float, dict[str, object]]:
    """When a message that was not sent is due again, in seconds, and what its row says then: at once where another provider can have it
    that has not passed it on."""
    if ending.result is Result.OPEN:
        return pause, {}
    another = row.passed is None and any(name != ending.provider for name in route.candidates(kind))
    values: dict[str, object] = {"provider": None, "handed_at": None, "passed": ending.provider or None}
    return (0.0 if another and ending.provider else pause), values


async def carry(client: httpx.AsyncClient, route: Route, provider: str | None, sms: Sms) -> Ending:
    """Hands a message to the provider that its row names, for the first time."""
    carrier = route.named(provider) if provider else None
    if carrier is None:
        return Ending(Result.PASSED, "", error="no provider has a template for this kind")
    try:
        return Ending(Result.SENT, carrier.name, reference=await carrier.send(client, sms))
    except MessageRefused as refused:
        return Ending(Result.REFUSED, carrier.name, error=str(refused))
    except NoAnswer as silent:
        return Ending(Result.OPEN, carrier.name, error=str(silent), down=True)
    except ChannelDown as down:
        return Ending(Result.PASSED, carrier.name, error=str(down), down=not isinstance(down, NotHere))


async def resume(client: httpx.AsyncClient, route: Route, provider: str, sms: Sms, handed_at: datetime) -> Ending:
    """Goes on with a message that was handed over and not answered for: sent under the same id where that is the same message, else asked
    about, and sent anew only when its provider surely does not have it."""
    carrier = route.named(provider)
    if carrier is None:
        return Ending(Result.UNCLEAR, provider, error=f"{provider} gave no answer and is no longer set")
    if carrier.knows_again:
        return await carry(client, route, provider, sms)
    try:
        report = await carrier.ask(client, Asked(sms.id, sms.phone, handed_at))
    except CannotAsk as silent:
        return Ending(Result.UNCLEAR, provider, error=f"{provider} gave no answer and cannot be asked: {silent}")
    except ChannelDown as down:
        return Ending(Result.OPEN, provider, error=str(down), down=True)
    if report is not None:
        return _found(provider, report)
    if now_utc() - handed_at < SURE_AFTER:
        return Ending(Result.OPEN, provider, error="asked, not known there yet")
    if not carrier.lists_all:
        return Ending(Result.UNCLEAR, provider, error=f"{provider} gave no answer and does not name the message")
    return Ending(Result.PASSED, provider, error="asked, and never arrived there")


def _found(provider: str, report: Report) -> Ending:
    if report.verdict is Verdict.FAILED:
        return Ending(Result.REFUSED, provider, reference=report.reference, error=report.code, report=report)
    return Ending(Result.SENT, provider, reference=report.reference, report=report)
