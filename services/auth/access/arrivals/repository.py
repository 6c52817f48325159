"""Queries of what became of auth's own messages: receipts matched with them, whose numbers these are, and the list for officials."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, case, delete, exists, func, not_, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.repository import visible_to
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.access.arrivals.filters import TextFilter
from services.auth.access.arrivals.models import TextReceipt
from services.auth.access.arrivals.workflow import Arrival, TextKind
from services.auth.access.texts.models import Text
from services.auth.access.texts.repository import ASKED_AFTER
from services.auth.directory.organisations.models import Organisation
from shared.blind_index import is_same
from shared.clock import end_of_beijing_day, start_of_beijing_day
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Permission
from shared.tasks.work import unheld

AT_ONCE = 200
_NOT_DELIVERED = "not delivered"


async def keep(session: AsyncSession, rows: Sequence[dict[str, object]]) -> None:
    """Writes receipts down; a second one of the same message changes nothing."""
    if rows:
        new = insert(TextReceipt).values([{"id": new_id(), **row} for row in rows])
        await session.execute(new.on_conflict_do_nothing(index_elements=[TextReceipt.provider, TextReceipt.reference]))


async def match(session: AsyncSession) -> int:
    """What the receipts that wait say of their messages, where these are there and nothing was said of them before; gives how many."""
    matched = await session.scalars(
        update(Text)
        .where(
            TextReceipt.matched_at.is_(None),
            Text.provider == TextReceipt.provider,
            or_(Text.reference == TextReceipt.reference, Text.id == TextReceipt.message_id),
            Text.reported.is_(None),
            or_(Text.done_at.is_not(None), unheld(Text)),
        )
        .values(
            reported=func.coalesce(
                func.nullif(TextReceipt.code, ""), case((TextReceipt.delivered, "delivered"), else_=_NOT_DELIVERED)
            ),
            delivered_at=case((TextReceipt.delivered, TextReceipt.received_at)),
            failed=not_(TextReceipt.delivered),
            last_error=case(
                (TextReceipt.delivered, None), else_=func.coalesce(func.nullif(TextReceipt.code, ""), _NOT_DELIVERED)
            ),
            done_at=func.coalesce(Text.done_at, func.now()),
            leased_until=None,
            words=None,
            fields=None,
            phone=None,
            ask_at=None,
        )
        .returning(TextReceipt.id)
        .execution_options(synchronize_session=False)
    )
    ids = matched.all()
    if ids:
        await session.execute(update(TextReceipt).where(TextReceipt.id.in_(ids)).values(matched_at=func.now()))
    return len(ids)


async def hold_ended(session: AsyncSession) -> Sequence[Text]:
    """Messages that came to an end and of which nobody has been told: whose they are, or that a provider has spoken. The oldest first."""
    news = or_(Text.account_ids.is_(None), Text.reported.is_not(None))
    ended = select(Text).where(Text.done_at.is_not(None), not_(Text.told), Text.phone_index.is_not(None), news)
    held = ended.order_by(Text.done_at).limit(AT_ONCE).with_for_update(skip_locked=True)
    return (await session.scalars(held)).all()


async def accounts_of(session: AsyncSession, rows: Collection[Text]) -> dict[UUID, list[UUID]]:
    """The usable accounts of each message's number, as they are now."""
    indexes = {row.id: row.phone_index for row in rows if row.phone_index}
    if not indexes:
        return {}
    mine = Account.phone_index.in_(set(indexes.values())), Account.status.in_(AccountStatus.is_usable)
    found = (await session.execute(select(Account.id, Account.phone_index).where(*mine).order_by(Account.id))).all()
    return {row: [one for one, of in found if is_same(of, index)] for row, index in indexes.items()}


async def claim_to_ask(session: AsyncSession) -> Sequence[Text]:
    """Messages that have waited long enough for their receipt; each is asked about again later, or never, and then its number goes."""
    due = select(Text.id).where(Text.ask_at <= func.now(), Text.phone.is_not(None))
    ids = (await session.scalars(due.order_by(Text.ask_at).limit(AT_ONCE).with_for_update(skip_locked=True))).all()
    rows = (await session.scalars(select(Text).where(Text.id.in_(ids)))).all() if ids else []
    for asked in {row.asked for row in rows}:
        pause = ASKED_AFTER[asked + 1] if asked + 1 < len(ASKED_AFTER) else None
        again: dict[str, Any] = {"ask_at": None, "phone": None} if pause is None else {"ask_at": func.now() + pause}
        same = update(Text).where(Text.id.in_([row.id for row in rows if row.asked == asked]))
        later = same.values(asked=asked + 1, **again)
        await session.execute(later.execution_options(synchronize_session=False))
    return rows


async def forget_old(session: AsyncSession) -> None:
    """Lets go of receipts, and of what finds numbers, after a day."""
    old = func.now() - func.make_interval(0, 0, 0, 1)
    await session.execute(delete(TextReceipt).where(TextReceipt.received_at < old))
    passed = update(Text).where(Text.done_at < old, Text.phone_index.is_not(None))
    await session.execute(passed.values(phone_index=None).execution_options(synchronize_session=False))


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """To whose numbers the actor sees messages: of accounts that he oversees; the administration's are all."""
    if actor.may(Permission.ADMINISTRATION):
        return true()
    overseen = exists().where(
        Account.id == any_(Text.account_ids), Organisation.id == Account.organisation_id, visible_to(actor)
    )
    return overseen.correlate(Text)


_STATES = {
    Arrival.WAITING: Text.done_at.is_(None),
    Arrival.DELIVERED: Text.delivered_at.is_not(None),
    Arrival.FAILED: Text.failed,
    Arrival.SENT: Text.done_at.is_not(None) & not_(Text.failed) & Text.delivered_at.is_(None),
}


def _of_kind(kind: TextKind) -> ColumnElement[bool]:
    """All codes are one kind whatever they open, and all answers to a case."""
    own = Text.about == kind.value
    if kind not in {TextKind.CODE, TextKind.CASE}:
        return own
    begins = Text.about.startswith(f"{kind.value}_", autoescape=True)
    return or_(own, begins & Text.about.not_in([each.value for each in TextKind]))


async def list_texts(session: AsyncSession, actor: Actor, wanted: TextFilter, page: PageRequest) -> Rows[Text]:
    """The newest first."""
    conditions = [
        or_(*(_STATES[each] for each in wanted.arrival)) if wanted.arrival else true(),
        _of_kind(wanted.kind) if wanted.kind else true(),
        Text.provider == wanted.provider if wanted.provider else true(),
        Text.created_at >= start_of_beijing_day(wanted.day_from) if wanted.day_from else true(),
        Text.created_at <= end_of_beijing_day(wanted.day_to) if wanted.day_to else true(),
    ]
    statement = select(Text).where(_seen_by(actor), *conditions)
    columns = {"id": Text.id, "created_at": Text.created_at}
    return await fetch_page(session, statement, columns=columns, default_sort="-created_at,-id", page=page)


async def holders(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Name and unit of these accounts."""
    named = select(Account.id, Account.person_name, Organisation.name).join(
        Organisation, Organisation.id == Account.organisation_id
    )
    found = await session.execute(named.where(Account.id.in_(account_ids)))
    return {account_id: (person, unit) for account_id, person, unit in found}


async def figures(session: AsyncSession, actor: Actor) -> Sequence[Any]:
    """By provider, of the last 24 hours."""
    day = Text.created_at > func.now() - func.make_interval(0, 0, 0, 1)

    def number(arrival: Arrival) -> ColumnElement[int]:
        return func.count().filter(_STATES[arrival])

    counted = select(
        Text.provider,
        number(Arrival.DELIVERED).label("delivered"),
        number(Arrival.FAILED).label("failed"),
        number(Arrival.SENT).label("unreported"),
    )
    wanted = day, Text.provider.is_not(None), Text.done_at.is_not(None), _seen_by(actor)
    return (await session.execute(counted.where(*wanted).group_by(Text.provider).order_by(Text.provider))).all()
