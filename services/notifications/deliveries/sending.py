"""Sending: claim rows and commit, send with no session open, write down how each ended. A worker killed in between leaves the row claimed;
when its lease has run out it goes again under the same id, which the provider knows, and the log says so (PLAT-11, BEY-12).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from services.notifications.deliveries.mail import Mail, mail_connection, send_mail
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.repository import BATCH
from services.notifications.deliveries.service import Outcome, claim_batch, settle
from services.notifications.deliveries.workflow import DeliveryAction, DeliveryStatus
from services.notifications.kinds import Channel
from services.notifications.settings import notification_settings
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.sms import ChannelDown, MessageRefused, Sms, sms_provider

SMS_AT_ONCE = 8
Send = Callable[[Delivery], Awaitable[str]]
log = get_logger(__name__)


async def send_batch(runtime: Runtime) -> bool:
    """Sends what is due, at most one batch. True when more may be waiting and no channel is down."""
    async with runtime.database.unit_of_work() as session:
        deliveries = await claim_batch(session)
    for delivery in deliveries:
        if delivery.status is DeliveryStatus.CLAIMED:
            log.warning("delivery_sent_again", delivery_id=str(delivery.id), attempts=delivery.attempts)
    texts = [delivery for delivery in deliveries if delivery.channel is Channel.SMS]
    mails = [delivery for delivery in deliveries if delivery.channel is Channel.EMAIL]
    working = await asyncio.gather(_send_texts(runtime, texts), _send_mails(runtime, mails))
    return all(working) and len(deliveries) == BATCH


async def _send_texts(runtime: Runtime, deliveries: Sequence[Delivery]) -> bool:
    provider = sms_provider(runtime.settings)

    async def send(delivery: Delivery) -> str:
        return await provider(runtime.http, Sms(delivery.id, delivery.address, delivery.text))

    return await _send_all(runtime, deliveries, send, at_once=SMS_AT_ONCE)


async def _send_mails(runtime: Runtime, deliveries: Sequence[Delivery]) -> bool:
    if not deliveries:
        return True
    try:
        async with mail_connection(runtime.settings, notification_settings()) as client:

            async def send(delivery: Delivery) -> str:
                mail = Mail(delivery.id, delivery.address, delivery.subject, delivery.text)
                return await send_mail(client, mail, runtime.settings.mail_from)

            return await _send_all(runtime, deliveries, send, at_once=1)
    except ChannelDown as down:
        await _settle(runtime, deliveries, [Outcome(DeliveryAction.PUT_BACK, error=str(down))] * len(deliveries))
        return False


async def _send_all(runtime: Runtime, deliveries: Sequence[Delivery], send: Send, *, at_once: int) -> bool:
    """Sends some at a time and writes down their end before the next. False when the channel went down; the rest is put back."""
    for start in range(0, len(deliveries), at_once):
        some = deliveries[start : start + at_once]
        outcomes = await asyncio.gather(*(_attempt(send, delivery) for delivery in some))
        await _settle(runtime, some, outcomes)
        down = next((outcome for outcome in outcomes if outcome.action is DeliveryAction.PUT_BACK), None)
        if down:
            rest = deliveries[start + at_once :]
            await _settle(runtime, rest, [down] * len(rest))
            return False
    return True


async def _attempt(send: Send, delivery: Delivery) -> Outcome:
    try:
        return Outcome(DeliveryAction.CONFIRM, reference=await send(delivery))
    except ChannelDown as down:
        return Outcome(DeliveryAction.PUT_BACK, error=str(down))
    except MessageRefused as refused:
        return Outcome(DeliveryAction.GIVE_UP, error=str(refused))


async def _settle(runtime: Runtime, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome]) -> None:
    if not deliveries:
        return
    async with runtime.database.unit_of_work() as session:
        for delivery, outcome in zip(deliveries, outcomes, strict=True):
            await settle(session, delivery, outcome)
