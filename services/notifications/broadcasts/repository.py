"""Queries of 群发: an office's own, and the accounts that a notice is for, worked out inside the office's region."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.notifications.broadcasts.filters import BroadcastFilter
from services.notifications.broadcasts.models import Broadcast
from services.notifications.broadcasts.workflow import FIELDS
from services.notifications.contacts.models import Account, ListedAccount, Organisation, PlanUnit
from services.notifications.deliveries.models import Delivery, DigestLine
from services.notifications.deliveries.workflow import DELIVERY, DeliveryAction
from services.notifications.kinds import MessageKind
from services.notifications.messages.models import Message
from services.notifications.notices.models import Notice
from shared.clock import beijing_today, now_utc, start_of_beijing_day
from shared.db.paging import Columns, PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.tasks.work import unheld
from shared.workflow.definition import Labelled


def visible_to(actor: Actor) -> Select[Broadcast]:
    """Those of the actor's own office."""
    return select(Broadcast).where(Broadcast.organisation_id == actor.organisation_id)


async def list_broadcasts(
    session: AsyncSession, actor: Actor, wanted: BroadcastFilter, page: PageRequest
) -> Rows[Broadcast]:
    """The newest first."""
    statement = visible_to(actor)
    if wanted.status:
        statement = statement.where(Broadcast.status.in_(wanted.status))
    if wanted.title:
        statement = statement.where(Broadcast.title.icontains(wanted.title, autoescape=True))
    columns = {"id": Broadcast.id, "created_at": Broadcast.created_at}
    return await fetch_page(session, statement, columns=columns, default_sort="-created_at,-id", page=page)


async def require_broadcast(
    session: AsyncSession, actor: Actor, broadcast_id: UUID, *, lock: bool = False
) -> Broadcast:
    """Raises ``NotFound`` for another office's."""
    statement = visible_to(actor).where(Broadcast.id == broadcast_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Broadcast | None = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def _audience(broadcast: Broadcast) -> ColumnElement[bool]:
    """Active accounts of open units that it is for."""
    unit = aliased(Organisation)  # the list of recipients has its own
    closed = exists().where(unit.id == Account.organisation_id, unit.active.is_(False))
    wanted = sorted(each.value for each in FIELDS[broadcast.to].permissions)
    inside = or_(*(Account.region_code.startswith(each, autoescape=True) for each in broadcast.region_prefixes))
    conditions = [Account.active, ~closed, Account.level == Level.UNIT, Account.permissions.overlap(wanted), inside]
    if broadcast.plan_id:
        units = select(PlanUnit.unit_id).where(PlanUnit.plan_id == broadcast.plan_id)
        conditions.append(Account.organisation_id.in_(units))
    return and_(*conditions)


async def count_recipients(session: AsyncSession, broadcast: Broadcast) -> int:
    """How many accounts it would be sent to now."""
    return await session.scalar(select(func.count()).select_from(Account).where(_audience(broadcast))) or 0


async def list_accounts(session: AsyncSession, broadcast: Broadcast) -> int:
    """Writes down whom it is sent to; gives how many."""
    found = select(literal(broadcast.id), Account.id).where(_audience(broadcast))
    listed = insert(ListedAccount).from_select(["list_id", "account_id"], found)
    await session.execute(listed)
    of_list = select(func.count()).where(ListedAccount.list_id == broadcast.id)
    return await session.scalar(of_list) or 0


async def list_recipients(session: AsyncSession, broadcast: Broadcast, page: PageRequest) -> Rows[tuple[Account, str]]:
    """By unit: whom it was sent to, or would be."""
    whom = _audience(broadcast)
    if broadcast.sent_at is not None:
        listed = select(ListedAccount.account_id).where(ListedAccount.list_id == broadcast.id)
        whom = Account.id.in_(listed)
    name: ColumnElement[str] = func.coalesce(Organisation.name, "")
    statement = select(Account, name).outerjoin(Organisation, Organisation.id == Account.organisation_id).where(whom)
    columns: Columns = {"id": Account.id, "organisation_name": name}
    sort = "organisation_name,id"
    return await fetch_page(
        session, statement, columns=columns, default_sort=sort, page=page, row=lambda account, unit: (account, unit)
    )


async def colleagues_of(session: AsyncSession, actor: Actor) -> Sequence[UUID]:
    """Other active accounts of the actor's office that may send, too."""
    wanted = Account.permissions.contains([Permission.MASS_NOTICE.value])
    own = Account.organisation_id == actor.organisation_id, Account.id != actor.account_id
    return (await session.scalars(select(Account.id).where(*own, Account.active, wanted).order_by(Account.id))).all()


async def count_sent_today(session: AsyncSession, organisation_id: UUID) -> int:
    """How many the office has sent on this Beijing day; others of the office wait until this one is through."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(organisation_id), 0))))
    today = start_of_beijing_day(beijing_today(now_utc()))
    sent = select(func.count()).where(Broadcast.organisation_id == organisation_id, Broadcast.sent_at >= today)
    return await session.scalar(sent) or 0


async def notice_of(session: AsyncSession, broadcast_id: UUID) -> UUID | None:
    """The notice by which it is handed out."""
    found = select(Notice.id).where(Notice.source_event_id == broadcast_id, Notice.kind == MessageKind.OFFICE_NOTICE)
    return await session.scalar(found)


async def count_told(session: AsyncSession, notice_id: UUID) -> int:
    return await session.scalar(select(func.count()).where(Message.notice_id == notice_id)) or 0


async def count_deliveries(session: AsyncSession, notice_id: UUID) -> Sequence[Any]:
    """(channel, status, count)."""
    counted = (
        select(Delivery.channel, Delivery.status, func.count().label("count"))
        .join(Message, Message.id == Delivery.message_id)
        .where(Message.notice_id == notice_id)
        .group_by(Delivery.channel, Delivery.status)
        .order_by(Delivery.channel, Delivery.status)
    )
    return (await session.execute(counted)).all()


async def call_back(session: AsyncSession, notice_id: UUID, *, title: str, body: str) -> None:
    """Ends what has not gone out, and says in 消息中心 that the rest no longer holds."""
    ended = update(Notice).where(Notice.id == notice_id, Notice.done_at.is_(None))
    await session.execute(ended.values(done_at=func.now()))
    messages = select(Message.id).where(Message.notice_id == notice_id)
    await session.execute(delete(DigestLine).where(DigestLine.message_id.in_(messages)))
    ways = {row.action: row.target for row in DELIVERY.transitions}
    waiting = update(Delivery).where(
        Delivery.message_id.in_(messages),
        Delivery.status.in_(_sources(DeliveryAction.EXPIRE)),
        Delivery.provider.is_(None),
        unheld(Delivery),
    )
    over = {"status": ways[DeliveryAction.EXPIRE], "done_at": func.now(), "last_error": "recalled"}
    await session.execute(waiting.values(over))
    again = Delivery.status.in_(_sources(DeliveryAction.SEND_AGAIN))
    never = update(Delivery).where(Delivery.message_id.in_(messages), again)
    await session.execute(never.values(useless_at=func.now()))
    await session.execute(update(Message).where(Message.notice_id == notice_id).values(title=title, body=body))


def _sources(action: DeliveryAction) -> set[Labelled]:
    return set().union(*(row.sources for row in DELIVERY.transitions if row.action == action))


async def list_plans(session: AsyncSession) -> Sequence[tuple[UUID, str, int]]:
    """(plan, name, units) of the plans that units have people in, the newest first."""
    found = (
        select(PlanUnit.plan_id, func.max(PlanUnit.plan_name), func.count())
        .group_by(PlanUnit.plan_id)
        .order_by(PlanUnit.plan_id.desc())
        .limit(200)
    )
    return [(plan_id, name, units) for plan_id, name, units in await session.execute(found)]


async def plan_name_of(session: AsyncSession, plan_id: UUID) -> str | None:
    found = select(PlanUnit.plan_name).where(PlanUnit.plan_id == plan_id).limit(1)
    return await session.scalar(found)
