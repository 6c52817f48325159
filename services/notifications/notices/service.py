"""From an event to everyone's inbox: ``announce`` writes one notice in the transaction of the bookmark, ``expand_batch`` hands it to some
hundred accounts at a time, each with its message and its deliveries. Sending them is the business of ``deliveries``.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.audience import Audience
from services.notifications.contacts.repository import drop_plan_unit, keep_plan_unit, list_recipients
from services.notifications.deliveries.service import add_deliveries
from services.notifications.hints import EXPAND_NOTICES, SEND_DUE
from services.notifications.hooks.service import add_sendings
from services.notifications.kinds import COUNT, Channel
from services.notifications.messages.service import add_messages
from services.notifications.notices import repository
from services.notifications.notices.models import Notice
from services.notifications.notices.saying import said_of
from services.notifications.notices.texts import TEXTS
from services.notifications.notices.timing import timing_of, useless_at
from services.notifications.notices.wording import Fold
from services.notifications.templates.repository import newest_of
from shared.db.session import note_hint
from shared.events.base import Event
from shared.events.bookmarks import handled
from shared.events.training import RegistrationApproved, RegistrationEvent
from shared.logging import correlation_id
from shared.tasks.work import Attempts, claim_one, finish, put_back

# As many as take a tenth of a second: a code may be waiting for the same worker.
BATCH = 100
LEASE_SECONDS = 60
# A claim hands out several batches; only claims that were killed or put back count up to this.
ATTEMPTS = Attempts(most=100)


class LeaseLost(Exception):
    """Another worker has taken the notice over; this batch is undone."""


async def announce(session: AsyncSession, event: Event) -> None:
    """Writes down what ``event`` has to say and to whom (NOTE-01…03), in the words that hold now; the same event again changes nothing."""
    for row in TEXTS[type(event)]:
        facts = {**event.model_dump(), **row.words(event)}
        audience = row.audience(event)
        said = said_of(row, await newest_of(session, row.kind), facts)
        await repository.add(
            session,
            source_event_id=handled.get().id,
            kind=row.kind,
            **said.words,
            link=row.link.format_map(facts),
            **_folded(row.fold, facts),
            channels=[channel.value for channel in row.channels],
            must=row.must,
            permission=audience.permission,
            organisation_ids=_listed(audience.organisation_ids),
            account_ids=_listed(audience.account_ids),
            level=audience.level,
            region_code=audience.region_code,
            fields=said.fields,
            waits=timing_of(row.kind).waits,
            useless_at=useless_at(row.kind, event, handled.get().occurred_at),
            correlation_id=correlation_id.get(),
        )
    note_hint(session, EXPAND_NOTICES)


async def announce_approval(session: AsyncSession, event: RegistrationApproved) -> None:
    """The same, and remembers whose plan it is: an office may tell the units of a plan something of its own."""
    await announce(session, event)
    await keep_plan_unit(session, **_of_plan(event), plan_name=event.plan_name)


async def announce_loss(session: AsyncSession, event: RegistrationEvent) -> None:
    """Somebody is approved no longer, and perhaps the unit has nobody in the plan now."""
    await drop_plan_unit(session, **_of_plan(event))
    if type(event) in TEXTS:
        await announce(session, event)


def _of_plan(event: RegistrationEvent) -> dict[str, UUID]:
    return {"plan_id": event.plan_id, "unit_id": event.unit_id, "registration_id": event.registration_id}


def _folded(fold: Fold | None, facts: Mapping[str, object]) -> dict[str, str]:
    """The count stays open: how many there are is known when the inbox is read."""
    if fold is None:
        return {}
    title = fold.title.format_map({**facts, "count": COUNT})
    return {"fold_key": fold.key.format_map(facts), "fold_title": title, "fold_link": fold.link.format_map(facts)}


def _listed(ids: Sequence[UUID] | None) -> list[UUID] | None:
    return None if ids is None else list(ids)


def _audience(notice: Notice) -> Audience:
    return Audience(
        permission=notice.permission,
        organisation_ids=notice.organisation_ids,
        account_ids=notice.account_ids,
        level=notice.level,
        region_code=notice.region_code,
        list_id=notice.list_id,
    )


async def claim_notice(session: AsyncSession) -> Notice | None:
    """The next notice that waits to be handed out, leased to the caller."""
    return await claim_one(session, Notice, ATTEMPTS, lease_seconds=LEASE_SECONDS)


async def expand_batch(session: AsyncSession, notice: Notice, after: UUID | None) -> UUID | None:
    """Gives the next accounts after ``after`` their messages and deliveries. Returns the last account; None when the notice is done.
    Raises ``LeaseLost``, and then nothing of the batch stays."""
    accounts = await list_recipients(session, _audience(notice), after=after, limit=BATCH)
    if not accounts:
        await finish(session, notice)
        return None
    messages = await add_messages(session, notice, accounts)
    channels = [channel for channel in Channel if channel.value in notice.channels]
    await add_deliveries(session, notice, messages, accounts, channels)
    await add_sendings(session, notice, messages)
    last = accounts[-1].id
    if not await repository.advance(session, notice, last, lease_seconds=LEASE_SECONDS):
        raise LeaseLost
    note_hint(session, SEND_DUE)
    return last


async def pause(session: AsyncSession, notice: Notice) -> None:
    """Lets other work in before the rest of a long notice."""
    await put_back(session, notice, error="", delay_seconds=0)
    note_hint(session, EXPAND_NOTICES)
