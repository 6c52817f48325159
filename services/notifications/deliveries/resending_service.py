"""What a delivery says that an official sends again: it begins anew, and goes where its account is reached now."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import trouble_repository
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.repository import anew
from services.notifications.deliveries.service import address_of
from services.notifications.deliveries.workflow import DELIVERY, START_AGAIN
from services.notifications.hints import SEND_DUE
from shared.db.session import note_hint
from shared.identity import Actor
from shared.workflow.definition import ActionBody


@DELIVERY.effect(START_AGAIN)
async def start_again(session: AsyncSession, delivery: Delivery, _actor: Actor, _body: ActionBody) -> None:
    """Whoever failed with it is asked last; a number that was corrected meanwhile is used."""
    account = await trouble_repository.reader_of(session, delivery)
    now_at = address_of(account, delivery.channel) if account else None
    values = {**anew(), **({"address": now_at} if now_at else {})}
    for name, value in values.items():
        setattr(delivery, name, value)
    await session.flush()
    note_hint(session, SEND_DUE)
