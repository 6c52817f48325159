"""Queries of what officials see of deliveries and of who is not reached. Each begins with whose they may see (``scope``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.notifications.contacts.models import Account, Organisation
from services.notifications.deliveries.models import Delivery, Trouble
from services.notifications.kinds import Channel
from services.notifications.messages.models import Message
from services.notifications.notices.models import Notice
from services.notifications.oversight.filters import DeliveryFilter, UnreachedFilter
from services.notifications.oversight.scope import (
    OF_ACCOUNTS,
    kinds_overseen,
    permissions_overseen,
    sees_all,
    sees_some,
)
from services.notifications.oversight.workflow import Reached
from services.notifications.preferences.models import Preference
from shared.clock import end_of_beijing_day, start_of_beijing_day
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Level

_USUAL = (Reached.UNDELIVERED, Reached.OFF, Reached.PARTLY)
_SEALED: Mapping[Channel, InstrumentedAttribute[str | None]] = {
    Channel.SMS: Account.phone_sealed,
    Channel.EMAIL: Account.email_sealed,
}
_WANTED: Mapping[Channel, InstrumentedAttribute[bool]] = {
    Channel.SMS: Account.sms_notices,
    Channel.EMAIL: Account.email_notices,
}


@dataclass(frozen=True)
class Sending:
    """A delivery with its message, whose it is and of which unit; ``organisation_name`` is empty until its news has come."""

    delivery: Delivery
    message: Message
    person_name: str
    organisation_name: str


def visible_to(actor: Actor) -> Select[Delivery, Message, str, str]:
    """Deliveries that the actor oversees: of units of his region, about his own field; the administration's are all."""
    unit_name: ColumnElement[str] = func.coalesce(Organisation.name, "")
    joined = (
        select(Delivery, Message, Account.person_name, unit_name)
        .join(Message, Message.id == Delivery.message_id)
        .join(Account, Account.id == Message.account_id)
        .outerjoin(Organisation, Organisation.id == Message.organisation_id)
    )
    if sees_all(actor):
        return joined
    own = Message.notice_id.in_(select(Notice.id).where(Notice.sent_by == actor.organisation_id))
    return joined.where(or_(and_(_of_units(actor), Message.kind.in_(kinds_overseen(actor))), own))


def _of_units(actor: Actor) -> ColumnElement[bool]:
    if not sees_some(actor):
        return false()
    inside = Account.region_code.startswith(actor.region_prefix, autoescape=True)
    return and_(inside, Account.level == Level.UNIT)


async def list_deliveries(
    session: AsyncSession, actor: Actor, wanted: DeliveryFilter, page: PageRequest
) -> Rows[Sending]:
    """The newest first."""
    statement = visible_to(actor).where(*_conditions(wanted))
    columns = {"id": Delivery.id, "created_at": Delivery.created_at}
    return await fetch_page(session, statement, columns=columns, default_sort="-created_at,-id", page=page, row=Sending)


def _conditions(wanted: DeliveryFilter) -> list[ColumnElement[bool]]:
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.status, Delivery.status.in_(wanted.status)),
        (wanted.channel, Delivery.channel == wanted.channel),
        (wanted.kind, Message.kind.in_(wanted.kind)),
        (wanted.organisation_name, Organisation.name.icontains(wanted.organisation_name, autoescape=True)),
        (wanted.person_name, Account.person_name.icontains(wanted.person_name, autoescape=True)),
        (wanted.notice_id, Message.notice_id == wanted.notice_id),
    ]
    days = [
        Delivery.created_at >= start_of_beijing_day(wanted.day_from) if wanted.day_from else true(),
        Delivery.created_at <= end_of_beijing_day(wanted.day_to) if wanted.day_to else true(),
    ]
    return [*(condition for given, condition in asked if given), *days]


async def require_sending(session: AsyncSession, actor: Actor, delivery_id: UUID) -> Sending:
    """Raises ``NotFound`` for one that the actor does not oversee."""
    row = (await session.execute(visible_to(actor).where(Delivery.id == delivery_id))).first()
    if row is None:
        raise NotFound
    return Sending(*row)


async def lock_sendings(session: AsyncSession, actor: Actor, delivery_ids: Sequence[UUID]) -> list[Sending]:
    """Those of these that the actor oversees, locked in the order of their ids."""
    held = visible_to(actor).where(Delivery.id.in_(delivery_ids)).order_by(Delivery.id).with_for_update(of=Delivery)
    rows = await session.execute(held.execution_options(populate_existing=True))
    return [Sending(*row) for row in rows]


@dataclass(frozen=True)
class Unreached:
    """An account on a channel; ``id`` names both."""

    id: str
    account_id: UUID
    person_name: str
    organisation_name: str
    channel: Channel
    state: str
    kinds_off: int
    error: str | None
    since: datetime | None
    delivery_id: UUID | None


async def list_unreached(
    session: AsyncSession, actor: Actor, wanted: UnreachedFilter, page: PageRequest
) -> Rows[Unreached]:
    """By unit."""
    rows = union_all(*(_reach(actor, each) for each in Channel if each in _SEALED)).subquery()
    statement = select(
        *(rows.c[name] for name in Unreached.__dataclass_fields__),
    ).where(rows.c.state.in_(wanted.state or _USUAL))
    if wanted.channel:
        statement = statement.where(rows.c.channel == wanted.channel)
    if wanted.organisation_name:
        statement = statement.where(rows.c.organisation_name.icontains(wanted.organisation_name, autoescape=True))
    columns = {"id": rows.c.id, "organisation_name": rows.c.organisation_name}
    sort = "organisation_name,id"
    return await fetch_page(session, statement, columns=columns, default_sort=sort, page=page, row=Unreached)


def _reach(actor: Actor, channel: Channel) -> Select[Any]:
    """Every active account that the actor oversees, with how it is reached on the channel."""
    off = select(func.count()).where(
        Preference.account_id == Account.id, Preference.channel == channel, Preference.wanted.is_(False)
    )
    kinds_off = off.correlate(Account).scalar_subquery()
    state = case(
        (_SEALED[channel].is_(None), Reached.MISSING.value),
        (Trouble.account_id.is_not(None), Reached.UNDELIVERED.value),
        (_WANTED[channel].is_(False), Reached.OFF.value),
        (kinds_off > 0, Reached.PARTLY.value),
        else_=null(),
    )
    found = (
        select(
            (cast(Account.id, String) + "-" + channel.value).label("id"),
            Account.id.label("account_id"),
            Account.person_name,
            func.coalesce(Organisation.name, "").label("organisation_name"),
            literal(channel.value, Trouble.channel.type).label("channel"),
            state.label("state"),
            kinds_off.label("kinds_off"),
            Trouble.error,
            Trouble.since,
            Trouble.delivery_id,
        )
        .outerjoin(Organisation, Organisation.id == Account.organisation_id)
        .outerjoin(Trouble, and_(Trouble.account_id == Account.id, Trouble.channel == channel))
        .where(Account.active)
    )
    return found if sees_all(actor) else found.where(_of_units(actor), _of_field(actor))


def _of_field(actor: Actor) -> ColumnElement[bool]:
    if actor.may(*OF_ACCOUNTS):  # who looks after accounts looks after their numbers
        return true()
    told: ColumnElement[bool] = Account.permissions.overlap([each.value for each in permissions_overseen(actor)])
    return told
