"""Sending: claim rows and commit, send with no session open, write down how each ended. A worker killed in between leaves the row claimed;
when its lease has run out, its provider is asked about it or sent the same id again, and the log says so (PLAT-11, BEY-12).
"""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from prometheus_client import Counter

from services.notifications.deliveries import repository, trouble_repository
from services.notifications.deliveries.letter import Mail
from services.notifications.deliveries.mail import Line, mail_connection
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.repository import BATCH
from services.notifications.deliveries.service import Outcome, claim_batch, settle_all
from services.notifications.deliveries.workflow import DeliveryAction, DeliveryStatus
from services.notifications.kinds import Channel
from services.notifications.settings import notification_settings
from services.notifications.templates.repository import sms_templates
from shared import traces
from shared.crypto import sign_short
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.services import Service
from shared.sms import ChannelDown, MessageRefused, NotHere, Route, Sms, sms_route
from shared.tasks.texting import Ending, Handed, Result, attempt, next_try

# As many connections as the client keeps: one more would be made anew for each batch.
SMS_AT_ONCE = 20
MAILS = Counter("mail_attempts_total", "Attempts at e-mails, by how they ended", ["result"])
log = get_logger(__name__)
_ACTIONS = {
    Result.SENT: DeliveryAction.CONFIRM,
    Result.REFUSED: DeliveryAction.GIVE_UP,
    Result.UNCLEAR: DeliveryAction.LOSE_TRACK,
    Result.PASSED: DeliveryAction.PUT_BACK,
    Result.OPEN: DeliveryAction.PUT_BACK,
}
_RESULTS = {DeliveryAction.CONFIRM: "sent", DeliveryAction.GIVE_UP: "refused", DeliveryAction.PUT_BACK: "passed"}


async def send_batch(runtime: Runtime) -> bool:
    """Sends what is due, at most one batch. True when more may be waiting and some of this batch got on."""
    async with runtime.database.unit_of_work() as session:
        templates = await sms_templates(session, runtime.settings.sms_templates)
        route = sms_route(runtime.settings, Service.NOTIFICATIONS, templates)
        deliveries = await claim_batch(session)
        mails = [delivery for delivery in deliveries if delivery.channel is Channel.EMAIL]
        # What must be told is tried all the same: it is rare, and whoever has mended his mailbox has it.
        back = await trouble_repository.came_back(session, [row for row in mails if row.optional])
        texts = await repository.hand_over_texts(
            session, route, [row for row in deliveries if row.channel is Channel.SMS]
        )
    for delivery in deliveries:
        if delivery.status is DeliveryStatus.CLAIMED:
            log.warning("delivery_sent_again", delivery_id=str(delivery.id), attempts=delivery.attempts)
    working = await asyncio.gather(_send_texts(runtime, route, texts), _send_mails(runtime, mails, back))
    return all(working) and len(deliveries) == BATCH


async def _send_texts(runtime: Runtime, route: Route, handed: Sequence[Handed[Delivery]]) -> bool:
    """Sends some at a time and writes down their end before the next. What a provider that has gone down was to carry is put back, and
    False when nobody else is there to carry it."""
    down: dict[str, str] = {}
    for start in range(0, len(handed), SMS_AT_ONCE):
        some = handed[start : start + SMS_AT_ONCE]
        going = [each for each in some if each.provider not in down or each.since]
        held = [each for each in some if each not in going]
        endings = await asyncio.gather(*(attempt(runtime.http, route, each, _sms_of(each.row)) for each in going))
        down |= {ending.provider: ending.error or "" for ending in endings if ending.down}
        outcomes = {each.row: _outcome(route, each.row, ending) for each, ending in zip(going, endings, strict=True)}
        outcomes |= {each.row: _held(route, down[each.provider or ""]) for each in held}
        async with runtime.database.unit_of_work() as session:
            await repository.note_providers(session, endings)
            await settle_all(session, outcomes)
    return not down or len(route.providers) > len(down)


def _sms_of(row: Delivery) -> Sms:
    return Sms(row.id, row.address, row.text, row.kind, row.fields)


def _outcome(route: Route, row: Delivery, ending: Ending) -> Outcome:
    action = _ACTIONS[ending.result]
    if action is not DeliveryAction.PUT_BACK:
        carrier = route.named(ending.provider)
        asks = carrier is not None and not carrier.knows_again
        return Outcome(action, ending.reference, ending.error, asks=asks)
    pause, changes = next_try(route, row, row.kind, ending, repository.ATTEMPTS.pause_after(row.attempts))
    return Outcome(action, error=ending.error, pause=pause, changes=changes)


def _held(route: Route, error: str) -> Outcome:
    """It was not handed over, because its provider had just failed with others."""
    unhanded = {"provider": None, "handed_at": None}
    return Outcome(
        DeliveryAction.PUT_BACK, error=error, pause=0 if len(route.providers) > 1 else None, changes=unhanded
    )


async def _send_mails(runtime: Runtime, deliveries: Sequence[Delivery], back: Mapping[UUID, str]) -> bool:
    """By several connections, each taking the next, but for those that would come ``back``. False when the server is down; what is left is
    put back."""
    if not deliveries:
        return True
    settings = notification_settings()
    waiting = [row for row in reversed(deliveries) if row.id not in back]
    outcomes = {
        row: Outcome(DeliveryAction.GIVE_UP, error=f"{trouble_repository.NOT_SENT}{back[row.id]}")
        for row in deliveries
        if row.id in back
    }
    lines = min(settings.smtp_connections, len(waiting))
    down = [
        each for each in await asyncio.gather(*(_mail_line(runtime, waiting, outcomes) for _ in range(lines))) if each
    ]
    left = [row for row in deliveries if row not in outcomes]
    outcomes |= {row: Outcome(DeliveryAction.PUT_BACK, error=down[0]) for row in left}
    async with runtime.database.unit_of_work() as session:
        await settle_all(session, outcomes)
    return not down


async def _mail_line(runtime: Runtime, waiting: list[Delivery], outcomes: dict[Delivery, Outcome]) -> str:
    """One connection at work until nothing waits; why the server is down, if it is."""
    try:
        async with mail_connection(runtime.settings, notification_settings()) as line:
            while waiting:
                row = waiting.pop()
                outcomes[row] = await _mailed(runtime, line, row)
                MAILS.labels(_RESULTS[outcomes[row].action]).inc()
    except ChannelDown as down:
        MAILS.labels("down").inc()
        return str(down)
    return ""


async def _mailed(runtime: Runtime, line: Line, row: Delivery) -> Outcome:
    """Raises ``ChannelDown`` when the server itself is away."""
    mail = Mail(row.id, row.address, row.subject, row.text, _unsubscribe(runtime, row))
    try:
        with traces.follow(row.traceparent, "send mail", kind=row.kind, row=str(row.id)):
            reference = await line.send(mail)
    except NotHere as later:
        return Outcome(DeliveryAction.PUT_BACK, error=str(later))
    except MessageRefused as refused:
        return Outcome(DeliveryAction.GIVE_UP, error=str(refused))
    return Outcome(DeliveryAction.CONFIRM, reference)


def _unsubscribe(runtime: Runtime, row: Delivery) -> str | None:
    """Where one press ends this kind of mail for its reader."""
    if not row.optional:
        return None
    token = sign_short(runtime.settings.signing_key, row.id.bytes)
    return f"{runtime.settings.public_url}/api/notifications/unsubscribe/{token}"
