"""What a delivery says that an official sends again: it begins anew, goes where its account is reached now, and stays where its reader has
turned that off since (BEY-03)."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import repository, trouble_repository
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.repository import anew
from services.notifications.deliveries.service import address_of, wants
from services.notifications.deliveries.workflow import DELIVERY, START_AGAIN
from services.notifications.hints import SEND_DUE
from services.notifications.kinds import Channel, MessageKind
from services.notifications.preferences.repository import chosen_of
from shared.db.session import note_hint
from shared.identity import Actor
from shared.workflow.apply import ActionRefused
from shared.workflow.definition import ActionBody, Refusal

# A mail of the day is of no kind, and who does not want it has turned off all mails.
_KINDS: Mapping[str, MessageKind] = {each.value: each for each in MessageKind}


TURNED_OFF = Refusal(
    "turned_off", "收件人后来关闭了该类消息的这种发送方式，不再发送；消息中心里可以看到，确需告知的请电话联系"
)


async def turned_off(session: AsyncSession, deliveries: Collection[Delivery]) -> set[UUID]:
    """Those of these that their readers can choose not to have, and have chosen so by now."""
    off = set()
    for kind in {row.kind for row in deliveries if row.optional}:
        same = [row for row in deliveries if row.optional and row.kind == kind]
        readers = await trouble_repository.readers_of(session, same)
        accounts = [account.id for account in readers.values()]
        chosen = await chosen_of(session, accounts, _KINDS[kind]) if kind in _KINDS else {}
        off |= {
            row.id for row in same if (reader := readers.get(row.message_id)) and not wants(reader, row.channel, chosen)
        }
    return off


async def put_back(session: AsyncSession, *, days: int, channel: Channel | None) -> Sequence[UUID]:
    """Everything that was given up within these days and whose reader has not turned it off since, to be sent anew; which that is."""
    failed = await repository.list_given_up(session, days=days, channel=channel)
    off = await turned_off(session, failed)
    return await repository.send_again(session, [row.id for row in failed if row.id not in off])


async def put_one_back(session: AsyncSession, delivery_id: UUID) -> bool:
    """One, because a person says so; False when there is none such, or its reader has turned it off since."""
    delivery = await session.get(Delivery, delivery_id)
    if delivery is None or await turned_off(session, [delivery]):
        return False
    return await repository.send_one_again(session, delivery_id)


@DELIVERY.effect(START_AGAIN)
async def start_again(session: AsyncSession, delivery: Delivery, _actor: Actor, _body: ActionBody) -> None:
    """Whoever failed with it is asked last; a number that was corrected meanwhile is used. Raises ``ActionRefused``."""
    if await turned_off(session, [delivery]):
        raise ActionRefused(TURNED_OFF)
    account = await trouble_repository.reader_of(session, delivery)
    if account and delivery.channel is Channel.EMAIL:
        await trouble_repository.try_again(session, account.id)
    now_at = address_of(account, delivery.channel) if account else None
    values = {**anew(), **({"address": now_at} if now_at else {})}
    for name, value in values.items():
        setattr(delivery, name, value)
    await session.flush()
    note_hint(session, SEND_DUE)
