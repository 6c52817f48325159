"""Messages on their way, for tests of sending: one delivery that is due, what the catcher has, and time that passes."""

from sqlalchemy import select, text

from services.notifications.catcher.models import CaughtMessage
from services.notifications.deliveries.models import Delivery
from services.notifications.messages.models import Message
from services.notifications.notices.tasks import expand_notices
from shared.db.types import field_cipher
from shared.events.auth import AccountChanged
from shared.runtime import Runtime
from tests.services.notifications.arrivals import an_account, arrive, returned


async def waiting(worker: Runtime, **reached: str) -> AccountChanged:
    """An account with one message on its way to the given ``phone`` or ``email``."""
    account = an_account(**reached)
    await arrive(worker.database, [account])
    await arrive(worker.database, [returned(account.organisation_id)])
    await expand_notices(worker)
    return account


async def delivery_of(worker: Runtime, account: AccountChanged) -> Delivery:
    async with worker.database.unit_of_work() as session:
        statement = select(Delivery).join(Message, Message.id == Delivery.message_id)
        return (await session.scalars(statement.where(Message.account_id == account.account_id))).one()


async def caught(worker: Runtime, address: str) -> list[CaughtMessage]:
    async with worker.database.unit_of_work() as session:
        index = field_cipher().blind_index(address)
        return list(await session.scalars(select(CaughtMessage).where(CaughtMessage.address_index == index)))


async def time_passes(worker: Runtime, account: AccountChanged) -> None:
    """The account's delivery is due, and no lease on it holds any longer."""
    delivery = await delivery_of(worker, account)
    async with worker.database.unit_of_work() as session:
        past = "UPDATE deliveries SET due_at = now() - interval '1 s', leased_until = NULL WHERE id = :id"
        await session.execute(text(past), {"id": delivery.id})
