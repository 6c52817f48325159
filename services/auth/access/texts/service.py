"""Sending a text message of auth's own: written down in the transaction of what it is about, sent by the fast worker. The words never
stand in a log, an event or a task argument (PLAT-05).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from json import dumps, loads
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.texts import repository
from services.auth.access.texts.kinds import kind_of
from services.auth.access.texts.models import Text
from services.auth.hints import SEND_TEXTS
from shared.crypto import mask_phone
from shared.db.session import note_hint
from shared.db.types import blind_index
from shared.identifiers import new_id
from shared.logging import correlation_id, get_logger
from shared.settings import platform_settings
from shared.sms import Route, Sms, Verdict
from shared.sms.templates import TEXT
from shared.tasks.texting import Ending, Handed, Result

NO_FIELDS: Mapping[str, object] = MappingProxyType({})
log = get_logger(__name__)


def send_text(
    session: AsyncSession,
    *,
    about: str,
    phone: str,
    words: str,
    fields: Mapping[str, object] = NO_FIELDS,
    record_id: UUID | None = None,
    useless_at: datetime | None = None,
) -> UUID:
    """Notes a message that leaves after the commit; ``words`` without the signature, which is put before them, and what differs in them as
    ``kinds`` has it. Returns its id."""
    row = Text(
        id=new_id(),
        about=about,
        record_id=record_id,
        phone=phone,
        masked=mask_phone(phone),
        phone_index=blind_index(phone),
        words=f"【{platform_settings().sms_signature}】{words}",
        fields=dumps({name: str(value) for name, value in fields.items()} | {TEXT: words}, ensure_ascii=False),
        useless_at=useless_at,
        correlation_id=correlation_id.get(),
    )
    session.add(row)
    note_hint(session, SEND_TEXTS)
    return row.id


async def claim_batch(session: AsyncSession, route: Route) -> Sequence[Handed[Text]]:
    """The next due messages, each with its provider. Those whose worker died at the last attempt, and those that nobody wants any more,
    are ended first."""
    for lost in await repository.end_hopeless(session):
        log.error("text_failed", text_id=str(lost.id), about=lost.about, error=lost.last_error)
    return await repository.claim_due(session, route)


async def withdraw_texts(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Those of these messages that have not left yet never will: something newer has taken their place."""
    if ids:
        await repository.withdraw(session, ids)


def sms_of(row: Text) -> Sms:
    """The row as its provider is given it."""
    assert row.phone is not None
    assert row.words is not None
    return Sms(row.id, row.phone, row.words, kind_of(row.about), loads(row.fields or "{}"))


async def settle(session: AsyncSession, route: Route, row: Text, ending: Ending) -> bool:
    """Writes down how the attempt ended: sent, never to be, or again later, waiting longer each time until it is given up at last. True
    when another provider can have it at once."""
    if ending.result is Result.SENT:
        carrier, report = route.named(ending.provider), ending.report
        arrived = report.code if report and report.verdict is Verdict.DELIVERED else None
        asks = carrier is not None and not carrier.knows_again and arrived is None
        await repository.end_sent(session, row, reference=ending.reference, reported=arrived, asks=asks)
        return False
    for_good = ending.result in {Result.REFUSED, Result.UNCLEAR}
    if not for_good and await repository.postpone(session, row, route, ending):
        return ending.result is Result.PASSED and len(route.providers) > 1
    error = ending.error or "refused"
    log.error("text_failed", text_id=str(row.id), about=row.about, error=error)
    refused = error if ending.result is Result.REFUSED else None
    await repository.end_failed(session, row, error=error, reported=refused)
    return False


async def forget_old_texts(session: AsyncSession) -> None:
    """Lets go of what was ended a month ago."""
    await repository.forget_old(session)
