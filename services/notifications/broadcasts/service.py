"""群发: an office writes, sees whom it would reach, and sends; many are told only when another account of the office has looked (STAFF-06).
The audience is worked out inside the office's region and field, and written down when it is sent."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.broadcasts import repository
from services.notifications.broadcasts.filters import BroadcastFilter
from services.notifications.broadcasts.models import Broadcast
from services.notifications.broadcasts.schemas import (
    BroadcastListItem,
    BroadcastProgress,
    BroadcastRead,
    BroadcastWrite,
    DeliveryCount,
    PlanChoice,
    RecipientItem,
)
from services.notifications.broadcasts.workflow import (
    APPROVE_AND_HAND_OUT,
    BROADCAST,
    CALL_BACK,
    FIELDS,
    HAND_OUT,
    BroadcastAction,
    BroadcastStatus,
    by_author,
    seen_by_two,
    sized,
)
from services.notifications.contacts.models import Account
from services.notifications.deliveries.limits import pieces_of
from services.notifications.deliveries.service import sms_text
from services.notifications.hints import EXPAND_NOTICES
from services.notifications.kinds import Channel, MessageKind
from services.notifications.notices import repository as notices
from services.notifications.notices.catalogue import texts_of
from services.notifications.notices.saying import Said, said_of
from services.notifications.settings import notification_settings
from services.notifications.templates.repository import newest_of
from shared.addresses import address
from shared.clock import beijing_today, end_of_beijing_day, now_utc
from shared.db.history import changes_of
from shared.db.paging import Page, PageRequest
from shared.db.session import note_hint
from shared.errors import Conflict, FieldError, InvalidInput
from shared.identity import Actor
from shared.logging import correlation_id
from shared.reference.regions import scope_prefix
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import check_version, page_of
from shared.wording import words_of
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.buttons import AllowedAction, allowed_actions, button
from shared.workflow.definition import ActionBody, Refusal

LONGEST = timedelta(days=30)
BROADCAST.words.update(words_of(BroadcastWrite))


class NotADraft(Conflict):
    code = "not_a_draft"
    detail = "只有草稿可以修改；待复核的请先由复核人退回，已发出的请另行起草"


async def list_broadcasts(
    session: AsyncSession, *, actor: Actor, wanted: BroadcastFilter, page: PageRequest
) -> Page[BroadcastListItem]:
    """Those of the actor's office, the newest first."""
    rows = await repository.list_broadcasts(session, actor, wanted, page)
    return page_of(rows, lambda row: BroadcastListItem.of(row, to_label=row.to.label))


async def create_broadcast(session: AsyncSession, *, actor: Actor, body: BroadcastWrite) -> BroadcastRead:
    """A draft. Raises ``InvalidInput`` for whom the actor may not tell."""
    broadcast = Broadcast(
        author_id=actor.account_id,
        author_name=actor.person_name,
        organisation_id=actor.organisation_id,
        organisation_name=actor.organisation_name,
        **await _values(session, actor, body),
    )
    session.add(broadcast)
    await session.flush()
    BROADCAST.note(session, broadcast.id, "create", actor=actor, after=body.model_dump(mode="json"))
    return await _counted(session, broadcast, actor)


async def change_broadcast(
    session: AsyncSession, *, actor: Actor, broadcast_id: UUID, body: BroadcastWrite, expected: int
) -> BroadcastRead:
    """Raises ``NotFound``, ``NotADraft``, ``VersionMismatch``, ``InvalidInput``; only its author writes it."""
    broadcast = await repository.require_broadcast(session, actor, broadcast_id, lock=True)
    check_version(broadcast.version, expected)
    if broadcast.status is not BroadcastStatus.DRAFT:
        raise NotADraft
    if refusal := by_author(broadcast, actor, now_utc()):
        raise ActionRefused(refusal)
    for name, value in (await _values(session, actor, body)).items():
        setattr(broadcast, name, value)
    BROADCAST.note(session, broadcast.id, "update", actor=actor, after=body.model_dump(mode="json"))
    await session.flush()
    return await _counted(session, broadcast, actor)


async def remove_broadcast(session: AsyncSession, *, actor: Actor, broadcast_id: UUID) -> None:
    """A draft is nobody's notice yet. Raises ``NotFound``, ``NotADraft``, ``ActionRefused``; only its author throws it away."""
    broadcast = await repository.require_broadcast(session, actor, broadcast_id, lock=True)
    if broadcast.status is not BroadcastStatus.DRAFT:
        raise NotADraft
    if refusal := by_author(broadcast, actor, now_utc()):
        raise ActionRefused(refusal)
    BROADCAST.note(session, broadcast.id, "remove", actor=actor, before={"title": broadcast.title})
    await session.delete(broadcast)
    await session.flush()


async def _values(session: AsyncSession, actor: Actor, body: BroadcastWrite) -> dict[str, object]:
    """The columns that ``body`` sets, all of it inside what the actor may see."""
    errors = []
    if not actor.may(*FIELDS[body.to].offices):
        errors.append(FieldError("to", "outside_field", f"本账号不能群发给{body.to.label}，请选择其他收件人"))
    prefixes = sorted({scope_prefix(each) for each in body.region_codes})
    if outside := [each for each in body.region_codes if not scope_prefix(each).startswith(actor.region_prefix)]:
        told = f"{'、'.join(outside)} 不在本机构辖区内，请只选择辖区内的地区"
        errors.append(FieldError("region_codes", "outside_region", told))
    today = beijing_today(now_utc())
    if not today <= body.last_day <= today + LONGEST:
        errors.append(FieldError("last_day", "last_day_out_of_range", f"应在今天至 {today + LONGEST} 之间"))
    plan_name = await repository.plan_name_of(session, body.plan_id) if body.plan_id else ""
    if plan_name is None:
        errors.append(FieldError("plan_id", "plan_unknown", "没有单位有人员报名该培训计划并审核通过"))
    if errors:
        raise InvalidInput(errors=errors)
    return {
        **body.model_dump(exclude={"region_codes", "channels"}),
        "region_prefixes": prefixes or [actor.region_prefix],
        "channels": [each.value for each in body.channels],
        "plan_name": plan_name,
    }


async def read_broadcast(session: AsyncSession, *, actor: Actor, broadcast_id: UUID) -> BroadcastRead:
    """With whom it would reach now, or how far it has come. Raises ``NotFound``."""
    return await _read(session, await repository.require_broadcast(session, actor, broadcast_id), actor)


async def _counted(session: AsyncSession, broadcast: Broadcast, actor: Actor) -> BroadcastRead:
    broadcast.recipients = await repository.count_recipients(session, broadcast)
    await session.flush()
    await session.refresh(broadcast)
    return await _read(session, broadcast, actor)


async def _read(session: AsyncSession, broadcast: Broadcast, actor: Actor) -> BroadcastRead:
    notice_id = await repository.notice_of(session, broadcast.id)
    told = await repository.count_told(session, notice_id) if notice_id else 0
    counts = await repository.count_deliveries(session, notice_id) if notice_id else []
    said = await _said(session, broadcast)
    return BroadcastRead.of(
        broadcast,
        to_label=broadcast.to.label,
        region_codes=[each.ljust(6, "0") for each in broadcast.region_prefixes],
        text_parts=pieces_of(sms_text(said.sms)),
        alone=notification_settings().mass_notice_alone,
        progress=BroadcastProgress(
            told=told, notice_id=notice_id, deliveries=[DeliveryCount.of(each) for each in counts]
        ),
        allowed_actions=[*_editing(broadcast, actor), *allowed_actions(BROADCAST, broadcast, actor, now_utc())],
    )


def _editing(broadcast: Broadcast, actor: Actor) -> list[AllowedAction]:
    if broadcast.status is not BroadcastStatus.DRAFT:
        return []
    refusal = by_author(broadcast, actor, now_utc())
    remove = button("remove", "删除", refusal, consequence="删除草稿，不能恢复。")
    there = f"/api/notifications/broadcasts/{broadcast.id}/remove"
    return [button("update", "修改", refusal), remove.model_copy(update={"href": there})]


async def _said(session: AsyncSession, broadcast: Broadcast) -> Said:
    """In the words that the administration has put around it."""
    text, own = texts_of()[MessageKind.OFFICE_NOTICE], await newest_of(session, MessageKind.OFFICE_NOTICE)
    facts = {"subject": broadcast.title, "content": broadcast.body, "office": broadcast.organisation_name}
    return said_of(text, own, facts)


async def list_recipients(
    session: AsyncSession, *, actor: Actor, broadcast_id: UUID, page: PageRequest
) -> Page[RecipientItem]:
    """By unit: whom it would be sent to, or was. Raises ``NotFound``."""
    broadcast = await repository.require_broadcast(session, actor, broadcast_id)
    rows = await repository.list_recipients(session, broadcast, page)
    return page_of(rows, lambda row: _recipient(*row, broadcast))


def _recipient(account: Account, unit: str, broadcast: Broadcast) -> RecipientItem:
    sealed = {Channel.SMS: account.phone_sealed, Channel.EMAIL: account.email_sealed}
    wanted = {Channel.SMS: account.sms_notices, Channel.EMAIL: account.email_notices}
    reached = [each for each in sealed if each.value in broadcast.channels and sealed[each] and wanted[each]]
    return RecipientItem(
        id=account.id,
        organisation_name=unit,
        person_name=account.person_name,
        region_code=account.region_code,
        reached=reached,
        reached_label="、".join(each.label for each in reached),
    )


async def broadcast_history(session: AsyncSession, *, actor: Actor, broadcast_id: UUID) -> list[HistoryEntry]:
    """Who wrote, looked and sent. Raises ``NotFound``."""
    await repository.require_broadcast(session, actor, broadcast_id)
    return history_entries(await changes_of(session, BROADCAST, broadcast_id), actor, BROADCAST)


async def list_plans(session: AsyncSession) -> list[PlanChoice]:
    """What a notice can be narrowed to."""
    return [PlanChoice(id=each, name=name, units=units) for each, name, units in await repository.list_plans(session)]


async def act_on_broadcast(
    session: AsyncSession, actor: Actor, broadcast_id: UUID, action: BroadcastAction, body: ActionBody
) -> BroadcastRead:
    """Raises ``NotFound``, ``ActionRefused``, ``InvalidInput``."""
    broadcast = await repository.require_broadcast(session, actor, broadcast_id, lock=True)
    if broadcast.sent_at is None:
        broadcast.recipients = await repository.count_recipients(session, broadcast)
        await session.flush()
    await apply(session, BROADCAST, broadcast, action, actor=actor, body=body, held=True)
    await session.refresh(broadcast)
    return await _read(session, broadcast, actor)


@BROADCAST.effect(HAND_OUT)
async def hand_out(session: AsyncSession, broadcast: Broadcast, actor: Actor, _body: ActionBody) -> None:
    """Writes down whom it is for and hands it over to the notices. Raises ``ActionRefused`` when the office has sent enough today."""
    settings, now = notification_settings(), now_utc()
    if await repository.count_sent_today(session, broadcast.organisation_id) >= settings.mass_notices_a_day:
        words = f"本机构今天已群发 {settings.mass_notices_a_day} 次，请明天再发"
        raise ActionRefused(Refusal("too_many_today", words))
    if broadcast.last_day < beijing_today(now):
        raise ActionRefused(Refusal("last_day_over", f"{broadcast.last_day} 之后不再发送，请退回修改日期"))
    broadcast.sent_at, broadcast.recipients = now, await repository.list_accounts(session, broadcast)
    # Between the question and the list somebody may have been added.
    if refusal := sized(broadcast, actor, now) or seen_by_two(broadcast, actor, now):
        raise ActionRefused(refusal)
    said = await _said(session, broadcast)
    await notices.add(
        session,
        source_event_id=broadcast.id,
        kind=MessageKind.OFFICE_NOTICE,
        **said.words,
        fields=said.fields,
        link=address("messages"),
        channels=broadcast.channels,
        list_id=broadcast.id,
        sent_by=broadcast.organisation_id,
        waits=True,
        useless_at=end_of_beijing_day(broadcast.last_day),
        correlation_id=correlation_id.get(),
    )
    note_hint(session, EXPAND_NOTICES)


@BROADCAST.effect(APPROVE_AND_HAND_OUT)
async def approve_and_hand_out(session: AsyncSession, broadcast: Broadcast, actor: Actor, body: ActionBody) -> None:
    """The same, with the name of whoever has looked."""
    broadcast.approved_by_name = actor.person_name
    await hand_out(session, broadcast, actor, body)


@BROADCAST.effect(CALL_BACK)
async def call_back(session: AsyncSession, broadcast: Broadcast, _actor: Actor, body: ActionBody) -> None:
    """What has not gone out stays; who has it in 消息中心 reads there that it no longer holds."""
    notice_id = await repository.notice_of(session, broadcast.id)
    if notice_id:
        words = f"{broadcast.organisation_name}已撤回该通知，理由：{body.reason}"
        await repository.call_back(session, notice_id, title=f"已撤回：{broadcast.title}", body=words)
