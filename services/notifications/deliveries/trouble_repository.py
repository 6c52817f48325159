"""Queries of addresses that do not work: a provider or a receipt says so, until something arrives or the address is another."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account
from services.notifications.deliveries.models import Delivery, Trouble
from services.notifications.kinds import Channel
from services.notifications.messages.models import Message

# How the fault of a mail begins that was taken and sent back, and how long servers try before they send one back.
CAME_BACK, COMES_BACK_WITHIN = "bounced", timedelta(days=5)
# How it begins where a server has sent one back for good; how it does of a mail that was therefore not sent at all.
FOR_GOOD, NOT_SENT = "bounced 5", "not sent, "


async def reader_of(session: AsyncSession, delivery: Delivery) -> Account | None:
    """Whose message it is, as auth has told of the account last."""
    of_message = select(Message.account_id).where(Message.id == delivery.message_id).scalar_subquery()
    return await session.scalar(select(Account).where(Account.id == of_message))


async def readers_of(session: AsyncSession, deliveries: Collection[Delivery]) -> dict[UUID, Account]:
    """The same for many, by message."""
    found = (
        select(Message.id, Account)
        .join(Account, Account.id == Message.account_id)
        .where(Message.id.in_({row.message_id for row in deliveries}))
    )
    rows: dict[UUID, Account] = dict((await session.execute(found)).all())
    return rows


async def note(session: AsyncSession, delivery: Delivery, error: str) -> None:
    """The delivery's address does not work; the first time stays."""
    account_id = await session.scalar(select(Message.account_id).where(Message.id == delivery.message_id))
    said = {"address": delivery.address, "error": error, "delivery_id": delivery.id}
    await _keep(session, account_id, delivery.channel, said)


async def _keep(session: AsyncSession, account_id: UUID | None, channel: Channel, said: dict[str, object]) -> None:
    new = insert(Trouble).values(account_id=account_id, channel=channel, **said)
    await session.execute(new.on_conflict_do_update(index_elements=[Trouble.account_id, Trouble.channel], set_=said))


async def note_phone(session: AsyncSession, account_id: UUID, phone: str, error: str) -> None:
    """The account's number does not work, as a message of auth's own has shown."""
    await _keep(session, account_id, Channel.SMS, {"address": phone, "error": error, "delivery_id": None})


async def end_phone(session: AsyncSession, account_id: UUID) -> None:
    """Something of auth's own has arrived at the account's number."""
    arrived = delete(Trouble).where(Trouble.account_id == account_id, Trouble.channel == Channel.SMS)
    await session.execute(arrived.execution_options(synchronize_session=False))


async def note_bounced(session: AsyncSession, delivery_ids: Sequence[UUID]) -> None:
    """The same for deliveries of which receipts have said it."""
    for row in await session.scalars(select(Delivery).where(Delivery.id.in_(delivery_ids))):
        await note(session, row, row.last_error or "")


async def end(session: AsyncSession, delivery_ids: Sequence[UUID], *, only_taken: bool = False) -> None:
    """These deliveries have arrived, and so does what is sent there. ``only_taken``: by a server that may still send them back, as it did
    with what came back lately."""
    if not delivery_ids:
        return
    came_back = and_(Trouble.error.startswith(CAME_BACK), Trouble.since > func.now() - COMES_BACK_WITHIN)
    arrived = (
        select(Message.account_id, Delivery.channel)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Delivery.id.in_(delivery_ids))
    )
    ended = delete(Trouble).where(tuple_(Trouble.account_id, Trouble.channel).in_(arrived))
    if only_taken:
        ended = ended.where(~came_back)
    await session.execute(ended.execution_options(synchronize_session=False))


async def came_back(session: AsyncSession, mails: Collection[Delivery]) -> dict[UUID, str]:
    """Why each of these mails would come back, as the last one to the same address did; only of those that come back."""
    addresses = {row.id: row.address for row in mails}
    if not addresses:
        return {}
    found = await session.execute(
        select(Delivery.id, Trouble.address, Trouble.error)
        .join(Message, Message.id == Delivery.message_id)
        .join(Trouble, and_(Trouble.account_id == Message.account_id, Trouble.channel == Delivery.channel))
        .where(Delivery.id.in_(addresses), Trouble.error.startswith(FOR_GOOD))
    )
    return {row: error for row, address, error in found if address == addresses[row]}


async def error_of(session: AsyncSession, account_id: UUID, channel: Channel) -> str | None:
    """What stands against the account's address; None where nothing does."""
    mine = select(Trouble.error).where(Trouble.account_id == account_id, Trouble.channel == channel)
    found: str | None = await session.scalar(mine)
    return found


async def try_again(session: AsyncSession, account_id: UUID) -> None:
    """Somebody says that mails arrive there again; the next that comes back says otherwise."""
    mails = delete(Trouble).where(Trouble.account_id == account_id, Trouble.channel == Channel.EMAIL)
    await session.execute(mails.execution_options(synchronize_session=False))


async def forget_others(session: AsyncSession, account_id: UUID, addresses: Mapping[Channel, str | None]) -> None:
    """Of an account that is reached at these addresses now: what was said of others no longer holds."""
    for row in await session.scalars(select(Trouble).where(Trouble.account_id == account_id)):
        if row.address != addresses[row.channel]:
            await session.delete(row)
