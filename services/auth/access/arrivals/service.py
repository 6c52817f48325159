"""Whether auth's own messages arrive: what providers call back comes by notifications, what they do not say is asked, and whoever keeps the
accounts' numbers hears of both (BEY-12, ADR 41).
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.arrivals import repository
from services.auth.access.arrivals.filters import TextFilter
from services.auth.access.arrivals.schemas import ProviderFigures, TextFigures, TextListItem
from services.auth.access.arrivals.workflow import Arrival, TextKind
from services.auth.access.codes.models import Purpose
from services.auth.access.texts.kinds import kind_of
from services.auth.access.texts.models import Text
from services.auth.hints import FOLLOW_TEXTS
from shared.db.paging import Page, PageRequest
from shared.db.session import note_hint
from shared.events.auth import AccountTextReported
from shared.events.log import record
from shared.events.notifications import ReceiptsUnclaimed
from shared.identity import Actor
from shared.roles import Permission
from shared.sms import Report, Verdict
from shared.sms.reasons import why
from shared.web.lists import page_of

REPORTS = Counter("auth_sms_receipts_total", "What providers said of auth's own text messages", ["provider", "result"])
_KINDS: Mapping[str, TextKind] = {each.value: each for each in TextKind}
_PURPOSES: Mapping[str, str] = {f"code_{each.value}": each.label for each in Purpose}


async def receipts_unclaimed(session: AsyncSession, event: ReceiptsUnclaimed) -> None:
    """Receipts that are about none of notifications' messages; what is about none of ours either goes after a day."""
    await repository.keep(session, [{"provider": event.provider, **row.model_dump()} for row in event.receipts])
    note_hint(session, FOLLOW_TEXTS)


async def keep_reports(session: AsyncSession, reports: Sequence[tuple[Text, Report]]) -> None:
    """What providers have answered when asked; it goes the way of a receipt. That a message is still on its way says nothing new."""
    rows: list[dict[str, object]] = [
        {
            "provider": row.provider,
            "reference": row.reference or str(row.id),
            "message_id": row.id,
            "delivered": report.verdict is Verdict.DELIVERED,
            "code": report.code,
        }
        for row, report in reports
        if report.verdict is not Verdict.TAKEN
    ]
    await repository.keep(session, rows)
    if rows:
        note_hint(session, FOLLOW_TEXTS)


async def follow(session: AsyncSession) -> bool:
    """Matches receipts, looks up whose the numbers are, and tells of accounts whose number has turned out right or wrong. True when more
    may wait."""
    await repository.match(session)
    rows = await repository.hold_ended(session)
    owners = await repository.accounts_of(session, rows)
    for row in rows:
        if row.account_ids is None:
            row.account_ids = owners.get(row.id, [])
        if row.reported is None:
            continue
        row.told = True
        REPORTS.labels(row.provider or "", "failed" if row.failed else "delivered").inc()
        for account_id in owners.get(row.id, []):
            said = AccountTextReported(
                account_id=account_id, text_id=row.id, delivered=not row.failed, code=row.reported
            )
            record(session, said)
    return len(rows) == repository.AT_ONCE


async def list_texts(
    session: AsyncSession, *, actor: Actor, wanted: TextFilter, page: PageRequest
) -> Page[TextListItem]:
    """Those that the actor oversees, the newest first."""
    rows = await repository.list_texts(session, actor, wanted, page)
    named = await repository.holders(session, {one for row in rows.items for one in row.account_ids or ()})
    return page_of(rows, lambda row: _item(row, named))


def _item(row: Text, named: Mapping[UUID, tuple[str, str]]) -> TextListItem:
    return TextListItem.of(
        row,
        kind=_KINDS.get(kind_of(row.about)),
        purpose=_PURPOSES.get(row.about, ""),
        phone=row.masked or "",
        holders=_holders(row.account_ids or (), named),
        arrival=_arrival(row),
        reason=why(row.last_error),
    )


def _holders(ids: Collection[UUID], named: Mapping[UUID, tuple[str, str]]) -> str:
    return "、".join(f"{named[one][0]}（{named[one][1]}）" for one in ids if one in named)


def _arrival(row: Text) -> Arrival:
    if row.done_at is None:
        return Arrival.WAITING
    if row.failed:
        return Arrival.FAILED
    return Arrival.DELIVERED if row.delivered_at else Arrival.SENT


def _words(actor: Actor) -> str:
    if actor.may(Permission.ADMINISTRATION):
        return "全部验证码等短信"
    if actor.may(Permission.ACCOUNT_MANAGEMENT):
        return "发给本机构辖区内各账号的验证码等短信"
    return "验证码等短信由账号管理人员查看，您的账号没有该权限"


async def read_figures(session: AsyncSession, *, actor: Actor) -> TextFigures:
    """What became of the messages that the actor oversees, by provider, in the last 24 hours."""
    return TextFigures(
        words=_words(actor), providers=[ProviderFigures.of(row) for row in await repository.figures(session, actor)]
    )
